import Foundation

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
