import HummingbirdCore
import Resources

/// Where requests come in: the endpoints that are reached there, and the doors before them.
struct Entrance: Sendable {
    let router: Router
    private let doors: [any Door]
    private let last: any Door

    /// - Parameters:
    ///   - doors: each with a prefix of its own.
    ///   - last: the door of all other paths.
    init(_ router: Router, _ doors: [any Door] = [], last: any Door) {
        self.router = router
        self.doors = doors
        self.last = last
    }

    /// The door that a request is for, whether or not there is anything behind it at its path.
    func door(of request: Request) -> any Door {
        let segment = (request.head.path ?? "").utf8.drop { $0 == UInt8(ascii: "/") }.prefix {
            $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?")
        }
        return doors.first { $0.prefix.utf8.elementsEqual(segment) { $0.lowercase == $1.lowercase } } ?? last
    }
}

extension UInt8 {
    /// The byte with ASCII's letters made small.
    fileprivate var lowercase: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }
}
