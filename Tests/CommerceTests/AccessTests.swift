import Commerce
import Testing

/// The text of tokens, and passwords.
@Suite struct AccessTests {
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

    @Test func `the checksum is CRC-32 in base62`() throws {
        // The check value that every description of CRC-32 gives.
        let text = TokenText.checksum("123456789")
        #expect(text.count == 6)
        let value = try text.reduce(0) { $0 * 62 + (try #require(Self.digits.firstIndex(of: $1))) }
        #expect(value == 0xCBF4_3926)
        #expect(TokenText.checksum("") == "000000")
    }

    @Test func `a token is what its description says`() {
        let token = TokenText(.personal)
        #expect(token.text.contains(/^butik_pat_[0-9A-Za-z]{49}$/))
        #expect(token.text.hasSuffix(TokenText.checksum(String(token.text.dropLast(6)))))
        #expect(token.prefix == "butik_pat")
        #expect(token.lastFour == String(token.text.suffix(4)))
        #expect(token.hash.contains(/^[0-9a-f]{64}$/))
        #expect(TokenText(.app).text.hasPrefix("butik_app_"))
        #expect(TokenText(.personal, format: .hex32).text.contains(/^[0-9a-f]{32}$/))
        #expect(Set((0..<100).map { _ in TokenText(.personal).text }).count == 100)
    }

    @Test func `a token with one letter changed is no token`() {
        let text = TokenText(.personal).text
        #expect(TokenText.isPlausible(text))
        for index in text.indices {
            let other: Character = text[index] == "x" ? "y" : "x"
            let changed = text.replacingCharacter(at: index, by: other)
            #expect(!TokenText.isPlausible(changed), "\(changed)")
        }
        #expect(!TokenText.isPlausible(String(text.dropLast())))
        #expect(TokenText.isPlausible(TokenText(.personal, format: .hex32).text))
        let tooShort = String(repeating: "a", count: 31)
        for garbage in ["", "butik_", "butik_pat_", String(repeating: "g", count: 32), tooShort] {
            #expect(!TokenText.isPlausible(garbage))
        }
    }

    @Test func `a fingerprint is SHA-256`() {
        #expect(
            Fingerprint.sha256(Array("abc".utf8))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}

extension String {
    fileprivate func replacingCharacter(at index: Index, by character: Character) -> String {
        self[..<index] + String(character) + self[self.index(after: index)...]
    }
}
