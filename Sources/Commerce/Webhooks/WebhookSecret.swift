import Basics
import Crypto
import Foundation
import Secrets

/// What the signatures of a webhook, or of an app's callbacks, are made with. The two keys know nothing of each other: whoever verifies with the shared one can't
/// sign for those who verify with the public one.
package struct WebhookSecret: Sendable {
    private let shared: SymmetricKey
    private let signing: Curve25519.Signing.PrivateKey

    package init() {
        (shared, signing) = (SymmetricKey(size: .bits256), Curve25519.Signing.PrivateKey())
    }

    /// - Parameter bytes: both keys, as they were sealed.
    init(_ bytes: [UInt8]) throws {
        shared = SymmetricKey(data: bytes.prefix(32))
        signing = try Curve25519.Signing.PrivateKey(rawRepresentation: bytes.dropFirst(32))
    }

    /// What is sealed.
    var bytes: [UInt8] { shared.withUnsafeBytes { Array($0) } + Array(signing.rawRepresentation) }

    /// What receivers verify `v1` with: `whsec_…` (Standard Webhooks).
    package var text: String { "whsec_" + shared.withUnsafeBytes { Data($0).base64EncodedString() } }

    /// What receivers verify `v1a` with: `whpk_…`.
    package var publicKey: String { "whpk_" + signing.publicKey.rawRepresentation.base64EncodedString() }

    /// `v1,…` or `v1a,…` of a message (Standard Webhooks, "Signature scheme").
    package func signature(_ kind: Webhook.Signature, id: String, seconds: Int64, body: [UInt8]) throws -> String {
        let message = Array("\(id).\(seconds).".utf8) + body
        switch kind {
        case .v1:
            let code = HMAC<SHA256>.authenticationCode(for: message, using: shared)
            return "v1," + Data(code).base64EncodedString()
        case .v1a: return "v1a," + (try signing.signature(for: message)).base64EncodedString()
        }
    }

    /// `sha256=…` of the body alone, as existing clients verify it.
    package func bodySignature(_ body: [UInt8]) -> String {
        "sha256=" + Hex.text(HMAC<SHA256>.authenticationCode(for: body, using: shared))
    }
}
