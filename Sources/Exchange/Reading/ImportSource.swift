/// A file that can be read more than once.
package struct ImportSource: Sendable {
    /// Begins anew and answers what gives the next piece, nil at the end.
    package let open: @Sendable () throws -> () throws -> [UInt8]?

    package init(_ open: @escaping @Sendable () throws -> () throws -> [UInt8]?) {
        self.open = open
    }

    /// Bytes in memory.
    package init(_ bytes: [UInt8]) {
        self.init {
            var rest: [UInt8]? = bytes
            return {
                defer { rest = nil }
                return rest
            }
        }
    }
}
