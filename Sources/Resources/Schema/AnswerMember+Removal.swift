extension SystemColumn {
    /// Written without `IS NULL`, because SQLite before 3.41 takes every column of a RETURNING clause for NOT NULL there.
    static let isRemoved = "CASE WHEN coalesce(removed_on, 0) > 0 THEN 1 ELSE 0 END"
}

extension AnswerMember {
    /// `is_removed`, "0" or "1", as existing clients expect it.
    package static func removalFlag(after: String? = nil) -> AnswerMember {
        .computed("is_removed", .flagAsText, SystemColumn.isRemoved, after: after)
    }
}
