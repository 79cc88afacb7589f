import Crypto
import CryptoExtras
import Foundation

/// Passwords are kept as scrypt hashes: N = 2^17, r = 8, p = 1 (OWASP ASVS 5.0), 16 bytes of salt.
package enum Password {
    package enum Fault: Error, CustomStringConvertible {
        case length

        package var description: String { "a password needs 10 to 1024 bytes" }
    }

    private static let logRounds = 17

    /// Slow by design: about half a second and 128 MB. Call it off the cooperative threads.
    package static func hash(_ password: String) throws -> String {
        guard (10...1024).contains(password.utf8.count) else { throw Fault.length }
        let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        let key = try derive(password, salt: salt, logRounds: logRounds)
        return "$scrypt$ln=\(logRounds),r=8,p=1$\(Data(salt).base64EncodedString())$\(key.base64EncodedString())"
    }

    /// Whether a password belongs to a stored hash, compared in constant time.
    package static func verify(_ password: String, against stored: String) throws -> Bool {
        let parts = stored.split(separator: "$")
        guard parts.count == 4, let salt = Data(base64Encoded: String(parts[2])),
            let key = Data(base64Encoded: String(parts[3])), let logRounds = logRounds(in: parts[1])
        else { return false }
        let derived = try derive(password, salt: Array(salt), logRounds: logRounds)
        return SymmetricKey(data: derived) == SymmetricKey(data: key)
    }

    /// The cost a hash was made with, so that old ones still fit when it is raised.
    private static func logRounds(in parameters: Substring) -> Int? {
        guard parameters.hasPrefix("ln="), parameters.hasSuffix(",r=8,p=1") else { return nil }
        let rounds = Int(parameters.dropFirst("ln=".count).dropLast(",r=8,p=1".count))
        return rounds.flatMap { (10...20).contains($0) ? $0 : nil }
    }

    /// A password for people to copy: 20 characters, none of them easily mistaken.
    package static func generated() -> String {
        let alphabet = Array("abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        return String((0..<20).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] })
    }

    private static func derive(_ password: String, salt: [UInt8], logRounds: Int) throws -> Data {
        let key = try KDF.Scrypt.deriveKey(
            from: Data(password.utf8), salt: salt, outputByteCount: 32, rounds: 1 << logRounds, blockSize: 8,
            parallelism: 1)
        return key.withUnsafeBytes { Data($0) }
    }
}
