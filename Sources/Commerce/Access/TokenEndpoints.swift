import Basics
import Persistence
import Resources

/// What is done with tokens beside listing, changing and revoking them.
enum TokenEndpoints {
    static let all = [create, rotate] + TokenUsage.endpoints

    /// What makes a token.
    private struct Wanted: Body {
        let token: FieldsOf<Token>
        let format: TokenText.Format

        static let schema = BodySchema(
            Wanted.init, Field(\.token),
            Field("format", \.format, .initially(.text("butik")), .about("How its text looks.")))
    }

    private static let create = Endpoint(
        .post, "/REST/token", .token(.all), "create_token",
        "Makes a token. Its text is shown in this answer only; a dry run makes none and shows null.",
        Documentation(tag: "token", answer: ["type": "object"]), takes: Wanted.self
    ) { wanted, _, tx in
        let text = TokenText(.personal, format: wanted.format)
        var token = try wanted.token.value(try tx.newID(Token.self), in: tx)
        (token.prefix, token.lastFour) = (text.prefix, text.lastFour)
        return try Token.issue(token, as: text, in: tx).answer(withSecrets: [("token", text.text)], in: tx)
    }

    /// How a token is given another text.
    private struct Rotation: Body {
        let overlap: Int64

        /// Seven days (CONTRACT 8, "Access").
        private static let overlapMax: Int64 = 604_800

        static let schema = BodySchema(
            Rotation.init,
            Field(
                "overlap_seconds", \.overlap, .initially(.integer(0)), .range(0...overlapMax),
                .about("How long the old text goes on to work; 0 ends it now.")))
    }

    private static let rotate = Endpoint(
        .post, "/REST/token/{token_id}/rotate", .token(.all), "rotate_token",
        """
        Gives a token another text, shown in this answer only. The old one works until the overlap has passed, and what it may \
        and its limits stay the same.
        """,
        Documentation(tag: "token", answer: ["type": "object"]), takes: Rotation?.self
    ) { rotation, call, tx in
        let stored = try tx.take(Token.self, try call.id(of: "token"))
        let kind = stored.value.isOAuth ? TokenText.Kind.oauth : .personal
        let text = TokenText(kind, format: stored.value.prefix.isEmpty ? .hex32 : .butik)
        let written = try Token.rotate(stored, to: text, overlap: rotation?.overlap ?? 0, in: tx)
        return written.answer(withSecrets: [("token", text.text)], in: tx)
    }
}
