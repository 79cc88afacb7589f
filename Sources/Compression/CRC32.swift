import CZlib

/// The checksum of gzip and PNG (ISO 3309), by zlib.
package enum CRC32 {
    package static func checksum(of bytes: [UInt8]) -> UInt32 {
        UInt32(truncatingIfNeeded: crc32_z(0, bytes, bytes.count))
    }
}
