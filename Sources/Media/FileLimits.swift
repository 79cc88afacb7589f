/// What a file may be (`reference/reliability-security.md` 5.1).
package enum FileLimits {
    package static let bytesMax = 20 * 1_048_576
    static let sideMax = 20_000
    /// Width times height times frames: what a decoder would have to hold or walk through.
    static let pixelsMax = 50_000_000
    static let framesMax = 100
}
