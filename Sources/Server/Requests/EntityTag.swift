import Resources

/// Strong ETags: `"<version>-<hash>"` for one object, `"<hash>"` for a list. The hash is of the very bytes.
enum EntityTag {
    static func of(_ answer: Answer) -> String {
        let hash = String(hash(answer.body), radix: 36)
        return answer.version.map { "\"\($0)-\(hash)\"" } ?? "\"\(hash)\""
    }

    /// Whether `If-None-Match` names this tag. A compressed answer carries `-gzip` behind the hash.
    static func matches(_ header: String?, _ tag: String) -> Bool {
        guard let header else { return false }
        if header == "*" { return true }
        let plain = tag.dropLast()
        return header.utf8.split(separator: UInt8(ascii: ",")).contains { part in
            var wanted = Substring(part).drop { $0 == " " }
            if wanted.hasPrefix("W/") { wanted = wanted.dropFirst(2) }
            while wanted.last == " " { wanted.removeLast() }
            return wanted == tag || wanted == plain + "-gzip\""
        }
    }

    static func compressed(_ tag: String) -> String { tag.dropLast() + "-gzip\"" }

    /// Multiplies and folds eight bytes, as wyhash does, in four lanes that the processor goes along at once. Not for secrets.
    private static func hash(_ bytes: [UInt8]) -> UInt64 {
        bytes.withUnsafeBytes { buffer in
            let seed = UInt64(buffer.count) ^ 0x9E37_79B9_7F4A_7C15
            var lanes = (seed, seed &+ 1, seed &+ 2, seed &+ 3)
            var index = 0
            func word(_ offset: Int = 0) -> UInt64 {
                buffer.loadUnaligned(fromByteOffset: index &+ offset, as: UInt64.self)
            }
            while index &+ 32 <= buffer.count {
                lanes.0 = mix(lanes.0, word())
                lanes.1 = mix(lanes.1, word(8))
                lanes.2 = mix(lanes.2, word(16))
                lanes.3 = mix(lanes.3, word(24))
                index &+= 32
            }
            var hash = mix(mix(lanes.0, lanes.1), mix(lanes.2, lanes.3))
            while index &+ 8 <= buffer.count {
                hash = mix(hash, word())
                index &+= 8
            }
            var rest: UInt64 = 0
            while index < buffer.count {
                rest = rest << 8 | UInt64(buffer[index])
                index &+= 1
            }
            return mix(mix(hash, rest), 0xD6E8_FEB8_6659_FD93)
        }
    }

    private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        return product.high ^ product.low ^ hash.byteSwapped
    }
}
