import Resources

/// Something with a public address of its own: the one a client gave as `rewrite_url`, else one made of its name.
protocol Addressed: Resource {
    var id: Identifier<Self> { get }
    var name: String { get }
    var rewriteURL: String { get set }
}
