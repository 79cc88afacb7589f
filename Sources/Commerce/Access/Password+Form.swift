import Foundation

extension Password {
    /// How a stored hash was made, as it says: `$scrypt$ln=17,r=8,p=1,keyid=1f…$salt$hash`, the last two in base64.
    struct Form {
        /// The cost, so that old hashes still fit when it is raised.
        let logRounds: Int
        /// The id of the master key that the pepper is of; nil where there was none.
        let pepper: String?
        let salt: [UInt8]

        private static let pepperWord = ",keyid="

        func text(_ key: Data) -> String {
            let pepper = pepper.map { Self.pepperWord + $0 } ?? ""
            return
                "$scrypt$ln=\(logRounds),r=8,p=1\(pepper)$\(Data(salt).base64EncodedString())$\(key.base64EncodedString())"
        }

        /// The form of a hash and its key; nil for what is no hash of ours.
        static func read(_ stored: String) -> (form: Form, key: Data)? {
            let parts = stored.split(separator: "$")
            guard parts.count == 4, parts[0] == "scrypt", let salt = Data(base64Encoded: String(parts[2])),
                let key = Data(base64Encoded: String(parts[3])), key.count == 32
            else { return nil }
            let words = parts[1].split(separator: pepperWord, maxSplits: 1, omittingEmptySubsequences: false)
            guard let cost = words.first, cost.hasPrefix("ln="), cost.hasSuffix(",r=8,p=1"),
                let rounds = Int(cost.dropFirst("ln=".count).dropLast(",r=8,p=1".count)), (10...20).contains(rounds)
            else { return nil }
            let form = Form(logRounds: rounds, pepper: words.count == 2 ? String(words[1]) : nil, salt: Array(salt))
            return (form, key)
        }
    }
}
