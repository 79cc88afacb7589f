import Basics
import Compression
import Exchange
import Persistence
import Resources

/// A JSON file of categories, plain or gzip.
enum CategoryFile {
    private static let bytesMax = 256 * 1_048_576

    static func load(_ bytes: [UInt8], into storage: any Storage, _ tenant: Tenant) async throws -> ImportReport {
        let isPacked = bytes.starts(with: [0x1F, 0x8B])
        guard let plain = isPacked ? Gzip.decompress(bytes, atMost: bytesMax) : bytes else {
            throw Settings.Fault(description: "the file is no gzip, or too large")
        }
        return try await CategoryImport.run(try parsed(plain), into: storage, tenant: tenant, now: SystemClock.now)
    }

    private static func parsed(_ bytes: [UInt8]) throws -> JSON {
        do throws(JSONParser.Failure) {
            return try JSONParser.parse(bytes)
        } catch {
            throw Settings.Fault(description: "the file \(error.reason) (at byte \(error.offset))")
        }
    }
}
