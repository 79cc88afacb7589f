import CSQLite

/// The log, from which pages are moved into the database file.
extension SQLiteConnection {
    /// How far the log is moved into the database file.
    enum Checkpoint: String {
        /// As far as it goes without anybody waiting.
        case passive
        /// All of it, so that the file stands alone.
        case truncate
    }

    /// - Returns: how many pages the log has; 0 where nobody knows.
    @discardableResult
    func checkpoint(_ extent: Checkpoint) -> Int {
        // One that could not be done now is done by the next.
        let rows = try? SQLiteStatement(handle, "PRAGMA wal_checkpoint(\(extent.rawValue))").rows()
        return (try? rows?.first?["log"]) ?? 0
    }

    /// Lets the next transaction begin the log anew, unless somebody stands in it, such as another process; nobody is waited
    /// for.
    /// - Returns: whether nobody did.
    func restartLog() -> Bool {
        sqlite3_busy_timeout(handle, 0)
        defer { sqlite3_busy_timeout(handle, SQLiteConnection.busyTimeout) }
        let rows = try? SQLiteStatement(handle, "PRAGMA wal_checkpoint(restart)").rows()
        return (try? rows?.first?["busy"]) == 0
    }

    /// How many pages were written since this was last asked.
    func takePagesWritten() -> Int {
        var (count, highest): (Int32, Int32) = (0, 0)
        sqlite3_db_status(handle, SQLITE_DBSTATUS_CACHE_WRITE, &count, &highest, 1)
        return Int(count)
    }
}
