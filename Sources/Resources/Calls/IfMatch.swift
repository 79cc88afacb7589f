/// `If-Match`: the change is made only to the version the client saw (RFC 9110, 13.1.1).
package enum IfMatch {
    /// - Parameter current: the object as it stands, for the answer that refuses.
    package static func check(_ header: String?, _ version: Int64, current: () throws -> [UInt8]) throws {
        guard let header, header != "*" else { return }
        let wanted = header.split(separator: ",").map { $0.drop { $0 == " " } }
        // A tag is "<version>-<hash of the body>"; only the version says whether somebody else wrote.
        if wanted.contains(where: { $0.hasPrefix("\"\(version)-") || $0.hasPrefix("\"\(version)\"") }) { return }
        var problem = Problem(
            .preconditionFailed, "changed_meanwhile",
            "The object has changed since you read it. It is shown as it stands now; merge and try again.")
        problem.current = try current()
        throw problem
    }
}
