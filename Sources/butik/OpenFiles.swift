import Glibc

/// The limit on open files, which counts connections too.
enum OpenFiles {
    /// More than the server ever has open.
    private static let enough: rlim_t = 65_536

    /// Raises the limit of this process as far as it may. Most systems begin with 1,024: fewer than there may be connections.
    /// - Returns: how many files may be open now.
    static func raise() -> Int {
        let what = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(what, &limit) == 0 else { return 1024 }
        guard limit.rlim_cur < enough else { return Int(enough) }
        let before = limit.rlim_cur
        limit.rlim_cur = min(limit.rlim_max, enough)
        return Int(setrlimit(what, &limit) == 0 ? limit.rlim_cur : before)
    }

    /// What is not connections: databases, pictures, logs.
    static let others = 256
}
