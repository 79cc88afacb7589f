import Foundation

/// Shows what a command says: lines on standard output, complaints and progress on standard error.
enum Terminal {
    private static let isTerminal = isatty(2) == 1

    static func show(_ said: Said) {
        switch said {
        case .line(let text): print(text)
        case .complaint(let text): complain(text + "\n")
        case .progress(let label, let done, let total): show(label, done, of: total)
        // What was asked of a server ended there; who asked tells it (`LocalServer`).
        case .failure, .end: break
        }
    }

    /// A bar on a terminal, and a line now and then elsewhere.
    private static func show(_ label: String, _ done: Int, of total: Int) {
        let percent = Progress.percent(done, of: total)
        if isTerminal {
            let bar = String(repeating: "█", count: percent / 4) + String(repeating: "·", count: 25 - percent / 4)
            complain("\r\(label) \(bar) \(done)/\(total)" + (done == total ? "\n" : ""))
        } else if percent % 10 == 0 {
            complain("\(label) \(done)/\(total)\n")
        }
    }

    private static func complain(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}

extension Output {
    static let terminal = Output { Terminal.show($0) }
}
