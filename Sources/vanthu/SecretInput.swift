import Foundation

/// Reads a secret from standard input, so that it stands neither in the list of processes nor in the shell's history.
enum SecretInput {
    /// The first line of standard input; asked for and not shown when a person types it.
    ///
    /// - Throws: ``Failure`` when there is none.
    static func read(_ question: String) throws -> String {
        let isTerminal = isatty(STDIN_FILENO) == 1
        var before = termios()
        if isTerminal {
            FileHandle.standardError.write(Data("\(question): ".utf8))
            tcgetattr(STDIN_FILENO, &before)
            var silent = before
            silent.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        }
        let line = readLine()
        if isTerminal {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            FileHandle.standardError.write(Data("\n".utf8))
        }
        guard let line, !line.isEmpty else {
            throw Failure(
                "no password was given", "Type it, or send it to standard input: printf %s 'the password' | vanthu …")
        }
        return line
    }
}
