import Crypto
import CryptoExtras
import Foundation
package import Secrets

/// Passwords are kept as scrypt hashes: N = 2^17, r = 8, p = 1 (OWASP ASVS 5.0), 16 bytes of salt. What is hashed is the password's
/// HMAC-SHA-256 under a pepper of the master key, whose id the hash names (`keyid`): a stolen database alone cannot be guessed at.
/// A hash of before there were master keys names none.
package enum Password {
    package enum Fault: Error, Equatable, CustomStringConvertible {
        case length
        case guessed
        case pepper(String)

        package var description: String {
            switch self {
            case .length: "a password needs 10 to 1024 bytes"
            case .guessed: "this password is one of the first that anybody tries; choose another one"
            case .pepper(let key): "a password was hashed under master key \(key), of which the database knows nothing"
            }
        }
    }

    /// What is to be stored of a password. Half a second and 128 MB, on threads that are there for it.
    package static func hash(
        _ password: String, _ peppers: Peppers, on threads: PasswordThreads = .shared
    ) async throws -> String {
        guard (10...1024).contains(password.utf8.count) else { throw Fault.length }
        let form = Form(
            logRounds: threads.logRounds, pepper: peppers.current, salt: (0..<16).map { _ in .random(in: 0 ... .max) })
        let secret = try secret(of: password, form, peppers)
        return try await threads.run { form.text(try derive(secret, form)) }
    }

    /// Whether a password belongs to a stored hash, compared in constant time.
    package static func verify(
        _ password: String, against stored: String, _ peppers: Peppers, on threads: PasswordThreads = .shared
    ) async throws -> Bool {
        guard let (form, key) = Form.read(stored) else { return false }
        let secret = try secret(of: password, form, peppers)
        return try await threads.run { SymmetricKey(data: try derive(secret, form)) == SymmetricKey(data: key) }
    }

    /// Whether a hash is weaker than one that is made now, or under an older pepper: it is replaced when its owner logs in.
    package static func isDated(
        _ stored: String, _ peppers: Peppers, on threads: PasswordThreads = .shared
    ) -> Bool {
        guard let (form, _) = Form.read(stored) else { return true }
        return form.pepper != peppers.current || form.logRounds < threads.logRounds
    }

    /// A password for people to copy: 20 characters, none of them easily mistaken.
    package static func generated() -> String {
        let alphabet = Array("abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        return String((0..<20).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] })
    }

    /// What scrypt gets: always as long, however long the password.
    private static func secret(of password: String, _ form: Form, _ peppers: Peppers) throws -> Data {
        let bytes = Data(password.utf8)
        guard let id = form.pepper else { return bytes }
        guard let pepper = peppers[id] else { throw Fault.pepper(id) }
        return Data(HMAC<SHA256>.authenticationCode(for: bytes, using: pepper))
    }

    private static func derive(_ secret: Data, _ form: Form) throws -> Data {
        let key = try KDF.Scrypt.deriveKey(
            from: secret, salt: form.salt, outputByteCount: 32, rounds: 1 << form.logRounds, blockSize: 8,
            parallelism: 1)
        return key.withUnsafeBytes { Data($0) }
    }
}
