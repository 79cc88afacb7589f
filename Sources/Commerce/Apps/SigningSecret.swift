import Foundation

/// What an app's callbacks are signed with: the shared key of `v1`, and behind it the private one of `v1a` (Standard Webhooks), 32 bytes
/// each.
package struct SigningSecret: Sendable {
    /// What is sealed.
    package let bytes: [UInt8]

    package init() {
        var source = SystemRandomNumberGenerator()
        bytes = (0..<64).map { _ in UInt8.random(in: .min ... .max, using: &source) }
    }

    /// What the app verifies `v1` with: `whsec_…`.
    package var text: String { "whsec_" + Data(bytes.prefix(32)).base64EncodedString() }
}
