/// Why a server is not fit to keep the shops' data.
package enum PostgresProblem: Error, Equatable, CustomStringConvertible {
    case tooOld(Int)
    case unsafeSetting(String)
    case encoding(String)

    package var description: String {
        switch self {
        case .tooOld(let version): "Postgres \(version / 10_000) is too old; butik needs version 13 or later"
        case .unsafeSetting(let name): "Postgres runs with \(name)=off, which can lose orders; set \(name)=on"
        case .encoding(let name): "the database is encoded in \(name); create one with ENCODING 'UTF8'"
        }
    }
}
