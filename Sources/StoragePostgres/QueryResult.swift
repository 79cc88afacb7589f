import CPostgres
import Persistence

/// One answer of the server, freed when nobody reads it any more.
///
/// `@unchecked Sendable`: the pointer is confined to this object, and libpq never changes a finished result.
final class QueryResult: @unchecked Sendable {
    let pointer: OpaquePointer
    let status: ExecStatusType
    /// What the columns are called, by the statement it answers; set before it is handed on.
    var columns: Columns?

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        status = PQresultStatus(pointer)
    }

    deinit {
        PQclear(pointer)
    }

    var isError: Bool { status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE }
    var isSync: Bool { status == PGRES_PIPELINE_SYNC }
    /// `COPY` speaks a protocol of its own, which ours would mistake for the answers of others.
    var isCopy: Bool { status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH }
    /// An earlier statement between the same two syncs failed, so the server never looked at this one.
    var wasSkipped: Bool { status == PGRES_PIPELINE_ABORTED }

    /// What a `SELECT` found it has not changed, though libpq counts it.
    var changedRows: Int { tag.hasPrefix("SELECT") ? 0 : Int(String(cString: PQcmdTuples(pointer))) ?? 0 }
    /// The word the server ends a command with, as `COMMIT`.
    var tag: String { String(cString: PQcmdStatus(pointer)) }
}
