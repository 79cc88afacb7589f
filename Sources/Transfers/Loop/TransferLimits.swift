/// How long a transfer may take, in milliseconds.
package struct TransferLimits: Sendable {
    /// Until there is a connection, with its TLS.
    package let connect: Int
    /// From its beginning to its end.
    package let inAll: Int

    package init(connect: Int, inAll: Int) {
        (self.connect, self.inAll) = (connect, inAll)
    }
}
