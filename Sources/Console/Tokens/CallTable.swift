import Basics
import Resources

/// The last calls of a token, each with what sends it again.
enum CallTable {
    static func values(of token: Int64, in shop: ShopCall) async throws -> [String: Any] {
        let page = shop.page
        var query = [("limit", "50")]
        for name in ["status", "route", "from", "to", "after"] where !page.text(name).isEmpty {
            // Saving sends a field of the token's that has the same name.
            if page.call.endpoint.method == .get { query.append((name, page.text(name))) }
        }
        let found: JSON
        var values: [String: Any] = [
            "status": page.text("status"), "route": page.text("route"),
            "isFiltered": !page.text("status").isEmpty || !page.text("route").isEmpty,
        ]
        do {
            found = try await shop.api("list_token_calls", [String(token)], query: query)
        } catch let problem as Problem where problem.kind == .invalid {
            values["filterWrong"] = problem.errors.first?.message ?? problem.detail
            return values
        }
        let next = found["paging"]["next"].shown
        if !next.isEmpty { values["nextCalls"] = next }
        values["calls"] = found["calls"].elements.map { call -> [String: Any] in
            call.values.merging(["curl": curl(call, page.pages.publicURL)]) { $1 }
        }
        values["hasNoCalls"] = found["calls"].elements.isEmpty
        return values
    }

    /// The call as a line of a shell; the token stands in a variable, and its query was not kept.
    private static func curl(_ call: JSON, _ publicURL: String) -> String {
        let method = call["method"].shown
        let quoted = (publicURL + call["path"].shown).utf8.split(
            separator: UInt8(ascii: "'"), omittingEmptySubsequences: false
        ).map { String(Substring($0)) }.joined(separator: "'\\''")
        return "curl" + (method == "GET" ? "" : " -X \(method)") + " -H \"Authorization: Bearer $TOKEN\" '\(quoted)'"
    }
}
