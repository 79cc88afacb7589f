/// A master key that cannot be had or is not the right one. It stops the start, so it says what to do.
package enum KeyFault: Error, Equatable, CustomStringConvertible {
    case malformed(String)
    case readableByOthers(String)
    case missing(String)
    case gone(String, needed: String)
    case wrong(String, needed: String, given: [String])
    case notWritable(String)
    case noneIsCurrent
    case rotating
    case unopened([String])

    package var description: String {
        switch self {
        case .malformed(let name):
            "\(name) must hold a key of 32 bytes, as 64 hexadecimal digits or as base64 (make one: openssl rand -hex 32); "
                + "several stand with commas or on lines of their own"
        case .readableByOthers(let path): "\(path) holds a master key, and others can read it; run: chmod 600 \(path)"
        case .missing(let path):
            "there is no \(path), which is to hold the master key; make one: (umask 077; openssl rand -hex 32 > \(path))"
        case .gone(let path, let needed):
            "there is no \(path), and the database's secrets are sealed with master key \(needed): put the file back (it is in no "
                + "backup of the database), or name it by BUTIK_MASTER_KEY_FILE"
        case .wrong(let name, let needed, let given):
            "the database's secrets are sealed with master key \(needed), but \(name) holds \(given.joined(separator: ", ")): "
                + "give the key that belongs to this database, before or behind the other"
        case .notWritable(let name):
            "\(name) cannot be written: give a new key behind the old one, with a comma, to every butik of this database, start "
                + "them again, and run this again"
        case .noneIsCurrent: "no row of master_keys says which key seals; start again, or restore the database"
        case .rotating: "another rotation has begun at the same time; run this again to see it to its end"
        case .unopened(let values):
            "these do not open and are as they were, so the old key is still needed: \(values.joined(separator: "; "))"
        }
    }
}
