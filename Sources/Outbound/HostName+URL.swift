package import Basics

extension HostName {
    /// The host of the server's public address; empty where it is none.
    package static func ofServer(_ publicURL: String) -> String { (try? OutboundURL(publicURL))?.host ?? "" }
}
