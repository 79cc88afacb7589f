import Foundation
import Synchronization

/// Shows how far long work is: a bar on a terminal, a line now and then elsewhere. Writes to standard error.
final class Progress: Sendable {
    private let label: String
    private let isTerminal = isatty(2) == 1
    private let shown = Mutex(-1)

    init(_ label: String) {
        self.label = label
    }

    func show(_ done: Int, of total: Int) {
        let percent = total == 0 ? 100 : done * 100 / total
        let isDue = shown.withLock { last in
            guard percent != last, isTerminal || percent % 10 == 0 else { return false }
            last = percent
            return true
        }
        guard isDue else { return }
        let line: String
        if isTerminal {
            let bar = String(repeating: "█", count: percent / 4) + String(repeating: "·", count: 25 - percent / 4)
            line = "\r\(label) \(bar) \(done)/\(total)" + (done == total ? "\n" : "")
        } else {
            line = "\(label) \(done)/\(total)\n"
        }
        FileHandle.standardError.write(Data(line.utf8))
    }
}

/// Asks before something is destroyed.
enum Confirmation {
    static func ask(_ question: String, yes: Bool) throws {
        if yes { return }
        FileHandle.standardError.write(Data("\(question) [y/N] ".utf8))
        guard readLine()?.lowercased().hasPrefix("y") == true else {
            throw Settings.Fault(description: "nothing was done; --yes answers for you")
        }
    }
}
