import Compression
import Testing

/// What is packed is handed on as it comes out, however much is in a few bytes.
@Suite struct InflaterTests {
    @Test func `of megabytes in a small piece no part is larger than a room`() throws {
        let plain = [UInt8](repeating: 7, count: 2_000_000)
        let packed = try #require(Gzip.compress(plain))
        #expect(packed.count < 20_000)
        let inflater = Inflater(gzip: true)
        var (rest, parts) = (packed[...], [[UInt8]]())
        var state = Inflater.State.hasMore
        while state == .hasMore {
            let step = rest.withUnsafeBytes { bytes in inflater.step(bytes) { parts.append(Array($0)) } }
            (rest, state) = (rest.dropFirst(step.read), step.state)
        }
        #expect(state == .ended)
        #expect(parts.allSatisfy { $0.count <= 65_536 })
        #expect(Array(parts.joined()) == plain)
    }

    @Test(arguments: [1, 7, 4096]) func `files one behind the other come out whole, cut in any pieces`(
        _ size: Int
    ) throws {
        let plain = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 / 10) }
        let packed = try #require(Gzip.compress(plain)) + #require(Gzip.compress(plain))
        let inflater = Inflater(gzip: true)
        var found: [UInt8] = []
        var state = Inflater.State.goesOn
        for start in stride(from: 0, to: packed.count, by: size) {
            state = packed[start..<min(start + size, packed.count)].withUnsafeBytes { bytes in
                inflater.take(bytes) {
                    found += $0
                    return true
                }
            }
        }
        #expect(state == .ended)
        #expect(found == plain + plain)
    }
}
