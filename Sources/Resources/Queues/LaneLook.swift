import Basics
import Persistence

/// The lanes of a shop's work of one kind, from behind the one that had the last turn and around.
struct LaneLook {
    /// Lanes that are looked at in one go. A shop with more waits longer for each, and no other shop does.
    private static let most = 100

    /// Those with something due.
    private var due: [String] = []
    /// Where the next look begins, if nothing is found in this one.
    private(set) var last: String?

    /// - Parameters:
    ///   - behind: lanes behind the last turn's.
    ///   - fromStart: the first lanes there are.
    init(behind: Rows, fromStart: Rows, at now: Instant) throws {
        last = behind.count == Self.most ? try behind.last.map { try $0["lane"] } : nil
        var seen: Set<ExactText> = []
        for row in [behind, fromStart].joined() {
            let lane: String = try row["lane"]
            guard seen.insert(ExactText(lane)).inserted else { continue }
            if let time: Instant = try row["due"], time <= now { due.append(lane) }
        }
    }

    static func statement(_ place: QueuePlace, after last: String?) -> SQL {
        let lane = JobQueue.rows("q.kind = \(place.kind) AND q.webshop_id = \(place.shop)")
        let behind: SQL = last.map { " AND q.lane > \($0)" } ?? ""
        return """
            WITH RECURSIVE lanes(lane) AS (
                SELECT (SELECT min(q.lane) FROM queue q WHERE \(lane)\(behind))
                UNION ALL SELECT (SELECT min(q.lane) FROM queue q WHERE \(lane) AND q.lane > l.lane)
                FROM lanes l WHERE l.lane IS NOT NULL)
            SELECT l.lane, (SELECT min(q.due) FROM queue q WHERE \(lane) AND q.lane = l.lane) AS due FROM lanes l
            WHERE l.lane IS NOT NULL LIMIT \(raw: String(most))
            """
    }

    /// Gives places to lanes in turn: one to each, and then a second one while there is room.
    /// - Parameter room: how many places a lane has left.
    func share(_ places: Int, room: (String) -> Int) -> [(lane: String, places: Int)] {
        var lines = due.map { (lane: $0, places: 0, room: room($0)) }
        var left = places
        while left > 0, lines.contains(where: { $0.room > 0 }) {
            for index in lines.indices where left > 0 && lines[index].room > 0 {
                lines[index].places += 1
                lines[index].room -= 1
                left -= 1
            }
        }
        return lines.filter { $0.places > 0 }.map { ($0.lane, $0.places) }
    }
}
