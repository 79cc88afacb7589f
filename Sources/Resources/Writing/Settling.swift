/// Work on some rows that waits for the end of the transaction, so that several changes of a row cost it once. Each kind of
/// work is a type, declared where its area is; what is asked of one type is done together.
package protocol Settling {
    static func settle(_ ids: Set<Int64>, in tx: Transaction) throws
}
