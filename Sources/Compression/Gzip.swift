import CZlib

/// Compresses answers for clients that ask for it, and reads compressed seed files.
package enum Gzip {
    /// Below this the headers cost more than is saved.
    package static let bytesMin = 1024

    package static func isAccepted(_ header: String?) -> Bool {
        guard let header else { return false }
        return header.utf8.split(separator: UInt8(ascii: ",")).contains { part in
            let words = part.split(separator: UInt8(ascii: ";")).map { Substring($0).filter { $0 != " " } }
            return words.first == "gzip" && !words.dropFirst().contains("q=0")
        }
    }

    /// RFC 1952. Nil where zlib refuses, and the plain bytes go out instead.
    package static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        // 15 bits of window and 16 for the gzip wrapper; level 5 is within a few percent of 9 at a third of its time.
        let opened = deflateInit2_(
            &stream, 5, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard opened == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        let room = Int(deflateBound(&stream, UInt(bytes.count)))
        var input = bytes
        return input.withUnsafeMutableBufferPointer { source in
            var status = Z_OK
            let packed = [UInt8](unsafeUninitializedCapacity: room) { target, count in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(room)
                status = deflate(&stream, Z_FINISH)
                count = room - Int(stream.avail_out)
            }
            return status == Z_STREAM_END ? packed : nil
        }
    }

    /// The plain bytes of a gzip file, or nil where it is none or holds more than `bytesMax`.
    package static func decompress(_ bytes: [UInt8], atMost bytesMax: Int) -> [UInt8]? {
        var stream = z_stream()
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return nil
        }
        defer { inflateEnd(&stream) }
        var input = bytes
        return input.withUnsafeMutableBufferPointer { source -> [UInt8]? in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(source.count)
            var plain: [UInt8] = []
            var status = Z_OK
            while status == Z_OK {
                let part = [UInt8](unsafeUninitializedCapacity: 65_536) { target, count in
                    stream.next_out = target.baseAddress
                    stream.avail_out = 65_536
                    status = inflate(&stream, Z_NO_FLUSH)
                    count = 65_536 - Int(stream.avail_out)
                }
                plain += part
                if plain.count > bytesMax { return nil }
            }
            return status == Z_STREAM_END ? plain : nil
        }
    }
}
