import Basics
import Persistence
import Resources

/// Tells what a copy of a resource must come to (CONTRACT 8, "Feed").
struct ProofEndpoint: Sendable {
    /// What is proven where nothing is said.
    private static let usual = "product"

    let followed: [ResourceInfo]

    var endpoint: Endpoint {
        Endpoint(
            .get, "/REST/event/proof", .token(.read), "prove_events",
            """
            What all live rows of a resource come to at a place of the feed: a copy that was made from a list with `cursor=1` and \
            kept by the feed up to `cursor` has as many rows and the same checksum, or it is not in step.
            """,
            Documentation(
                tag: "event",
                query: [
                    .init(
                        "resource",
                        [
                            "type": "string", "enum": .array(followed.map { .string($0.name) }),
                            "default": .string(Self.usual),
                        ],
                        "Of which resource.")
                ],
                answer: Self.schema),
            .read { call, storage in
                try call.refuseUnknownParameters()
                let info = try resource(call)
                let proof = try await FeedProof.read(info, of: call.tenant.webshopID, from: storage)
                return .json([
                    "resource": .string(info.name), "cursor": .string(String(proof.cursor)),
                    "count": .number(JSONNumber(proof.change.count)), "checksum": .string(String(proof.change.sum)),
                ])
            })
    }

    private static let schema: JSON = [
        "type": "object", "required": ["resource", "cursor", "count", "checksum"], "additionalProperties": false,
        "properties": [
            "resource": ["type": "string"],
            "cursor": [
                "type": "string", "description": "The newest event that is in it: follow the feed up to there.",
            ],
            "count": ["type": "integer", "description": "How many live rows there are."],
            "checksum": [
                "type": "string",
                "description": """
                The sum over the live rows, modulo 2^64 and in decimals, of FNV-1a (64 bits) of the text `id:version`. The \
                id is the event's `resource_id`, the version its `sequence`.
                """,
            ],
        ],
    ]

    private func resource(_ call: Call) throws -> ResourceInfo {
        let open = followed.filter { $0.level ?? .read <= call.caller.level }
        let name = call.query["resource"].flatMap { $0.isEmpty ? nil : $0 } ?? Self.usual
        if let info = open.first(where: { $0.name == name }) { return info }
        if let level = followed.first(where: { $0.name == name })?.level {
            throw Problem(
                .forbidden, "level", "The proof of \(name) needs a token of level \(level.rawValue), as its list does.")
        }
        throw Problem.invalid(
            "?resource", "choice", "cannot be followed; what can is \(open.map(\.name).joined(separator: ", "))")
    }
}
