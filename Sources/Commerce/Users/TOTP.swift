package import Basics
import Crypto
import Foundation

/// Codes of six digits that an app makes of a shared secret and the clock, a new one every 30 seconds (RFC 6238 with SHA-1, which is
/// what the apps do).
package struct TOTP: Sendable {
    /// 160 bits (RFC 4226, 4).
    private let secret: [UInt8]

    private static let stepMilliseconds: Int64 = 30_000
    private static let secretBytes = 20
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    /// A new secret.
    package init() {
        var source = SystemRandomNumberGenerator()
        secret = (0..<Self.secretBytes).map { _ in UInt8.random(in: .min ... .max, using: &source) }
    }

    /// - Parameter base32: 32 letters and digits, as `base32` has them.
    package init?(base32: String) {
        var (bytes, bits, count): ([UInt8], UInt32, Int) = ([], 0, 0)
        for letter in base32.utf8 {
            guard let value = Self.alphabet.firstIndex(of: letter) else { return nil }
            bits = bits << 5 | UInt32(value)
            count += 5
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            bits &= 1 << UInt32(count) - 1
        }
        guard bytes.count == Self.secretBytes, base32.utf8.count == Self.secretBytes * 8 / 5 else { return nil }
        secret = bytes
    }

    /// The secret for people to type (RFC 4648, 6).
    package var base32: String {
        var (text, bits, count): ([UInt8], UInt32, Int) = ([], 0, 0)
        for byte in secret {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 5 {
                count -= 5
                text.append(Self.alphabet[Int(bits >> UInt32(count) & 31)])
            }
            bits &= 1 << UInt32(count) - 1
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// What apps read: `otpauth://totp/Butik:anna@shop.test?secret=…&issuer=Butik`.
    package func address(of account: String) -> String {
        "otpauth://totp/Butik:\(PercentEncoding.text(account.utf8))?secret=\(base32)&issuer=Butik"
    }

    /// The code of a moment.
    package func code(at now: Instant) -> String { code(ofStep: now.milliseconds / Self.stepMilliseconds) }

    /// The time step of a code that is right now, or was or will be within 30 seconds (RFC 6238, 5.2).
    /// - Parameter last: the step of the last code taken, whose and whose predecessors' are not taken again.
    package func step(of code: String, at now: Instant, after last: Int64) -> Int64? {
        let current = now.milliseconds / Self.stepMilliseconds
        let given = SHA256.hash(data: Array(code.utf8))
        return (current - 1...current + 1).first { step in
            step > last && SHA256.hash(data: Array(self.code(ofStep: step).utf8)) == given
        }
    }

    /// RFC 4226, 5.3.
    private func code(ofStep step: Int64) -> String {
        let counter = withUnsafeBytes(of: step.bigEndian) { Array($0) }
        let mac = Array(
            HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
        let offset = Int((mac.last ?? 0) & 15)
        let number = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        return String(String(1_000_000 + number % 1_000_000).dropFirst())
    }
}
