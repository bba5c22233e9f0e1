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

    /// A new secret: typed twice when a person types it. Throws ``Failure`` when the two differ.
    static func readNew(_ question: String) throws -> String {
        let secret = try self.read(question)
        guard isatty(STDIN_FILENO) == 1 else { return secret }
        guard try self.read("\(question), again") == secret else {
            throw Failure("the two are not the same", "Nothing was done; try again")
        }
        return secret
    }

    /// The first line of a file, which may be a descriptor: `/dev/fd/3`. Throws ``Failure`` when there is none.
    static func read(file path: String) throws -> String {
        guard let file = FileHandle(forReadingAtPath: path), let data = try file.read(upToCount: 4096),
            let line = String(data: data, encoding: .utf8)?.split(whereSeparator: \.isNewline).first
        else { throw Failure("\(path) holds no passphrase", "Write it into the first line of the file, in UTF-8") }
        return String(line)
    }
}
