import CPostgres
import Persistence

/// The address of a Postgres database in two parts: what others may see, and the password.
package struct PostgresURL: Sendable {
    /// libpq's `keyword='value'` words, without the password.
    package let words: String
    package let password: String?
    /// What people call it.
    package let name: String

    /// - Throws: `StorageError.unavailable` for what libpq cannot read, or where a secret is in it that only the command
    ///   line of Postgres' tools could carry.
    package init(_ url: String) throws {
        var message: UnsafeMutablePointer<CChar>?
        let parsed = PQconninfoParse(url.contains("=") || url.contains("://") ? url : "dbname=\(url)", &message)
        // It repeats the address, password and all.
        PQfreemem(message)
        guard let parsed else {
            throw StorageError.unavailable("the address of Postgres is neither a URI nor a list of keywords")
        }
        defer { PQconninfoFree(parsed) }
        var values: [(keyword: String, value: String)] = []
        var option = parsed
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                values.append((String(cString: keyword), String(cString: value)))
            }
            option += 1
        }
        func value(_ keyword: String) -> String? { values.first { $0.keyword == keyword }?.value }
        guard value("sslpassword") == nil else {
            throw StorageError.unavailable(
                "sslpassword cannot be handed to Postgres' tools unseen; give a key without one for this")
        }
        password = value("password")
        words = values.filter { $0.keyword != "password" }.map { "\($0.keyword)=\(Self.quoted($0.value))" }
            .joined(separator: " ")
        name = "Postgres database \(value("dbname") ?? "") on \(value("host") ?? "this machine")"
    }

    private static func quoted(_ value: String) -> String {
        // By scalars, because an accent behind a quote makes another character of it.
        var escaped = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            if scalar == "'" || scalar == "\\" { escaped.append("\\") }
            escaped.append(scalar)
        }
        return "'\(String(escaped))'"
    }
}
