package import Resources

/// How an import runs.
package struct ImportOptions: Sendable {
    package var isDryRun = false
    /// The first bad record ends the import, and nothing of its page is kept.
    package var isStrict = false
    /// How many records an earlier run has done.
    package var skipped = 0
    /// How many records behind those are written one by one: where a process died before, the next tells which one it was.
    package var alone = 0
    /// Told after each page how many records were read.
    package var progress: @Sendable (Int) -> Void = { _ in }
    /// Runs in the transaction of each page, so that what it keeps and what the page wrote are kept together. Told what
    /// became of the page, and how many records were read up to its end.
    package var keep: @Sendable (ImportReport, Int, Transaction) throws -> Void = { _, _, _ in }

    /// Told what the database said where it refused a record, which is nothing for who sent the file.
    package var log: @Sendable (String) -> Void = { _ in }

    package init() {}
}
