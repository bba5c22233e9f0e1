import Foundation

/// The person at the machine: how they are asked, and what they are told.
public struct Person: Sendable {
    let words: AgentWords
    /// Shows a question and says whether the answer was yes.
    let confirms: @Sendable (SigningQuestion) async -> Bool
    /// Asks for the PIN of a token; `nil` when none was given.
    let pin: @Sendable (TokenFacts) async -> TypedPIN?
    /// Tells something that needs no answer.
    let tell: @Sendable (String) -> Void
    /// Takes back what is being asked, unanswered, and asks nothing more: the agent ends.
    let leave: @Sendable () -> Void

    /// Asks at the terminal, or by commands where they are given: `confirmation` gets the question on its standard input and says yes
    /// with exit status 0; `pin` writes the PIN on its standard output. Both as for `sh -c`.
    ///
    /// - Parameter wait: seconds for an answer; no answer is a no.
    /// - Returns: `nil` where somebody has to be asked at a terminal and there is none.
    public static func asked(
        words: AgentWords, confirmation: String?, pin: String?, wait: Int, tell: @escaping @Sendable (String) -> Void
    ) -> Person? {
        let terminal = Terminal()
        if terminal == nil, confirmation == nil || pin == nil { return nil }
        let confirmation = confirmation.map { AskingCommand($0, wait: wait) }
        let pin = pin.map { AskingCommand($0, wait: wait) }
        return Person(
            words: words,
            confirms: { question in
                let text = question.text(words)
                if let confirmation {
                    return await confirmation.run(text)?.isYes ?? false
                }
                guard let answer = await terminal?.ask(text + "\n" + words.answer, wait: wait) else { return false }
                return words.isYes(String(decoding: answer, as: UTF8.self).precomposedStringWithCanonicalMapping)
            },
            pin: { token in
                let question = words.pin(SigningQuestion.shown(token.label), token.triesLeft)
                var answer: [UInt8]?
                if let pin {
                    let told = await pin.run(question)
                    answer = told?.isYes == true ? told?.firstLine : nil
                } else {
                    answer = await terminal?.ask(question, wait: wait, isSecret: true)
                }
                guard var bytes = answer, !bytes.isEmpty else { return nil }
                return TypedPIN(taking: &bytes)
            }, tell: tell,
            leave: {
                terminal?.leave()
                confirmation?.leave()
                pin?.leave()
            })
    }
}
