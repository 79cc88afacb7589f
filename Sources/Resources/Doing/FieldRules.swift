import Persistence

extension ResourceInfo {
    /// Refuses columns that break their fields' rules, whoever made them: a body was read by the same rules, what code makes
    /// of it or of a file was not.
    /// - Parameter old: the columns as they are stored; what stays as it is was judged when it came.
    func check(_ new: [SQLValue], over old: [SQLValue]?) throws {
        for index in fields.indices where old?[index] != new[index] {
            do throws(FieldFault) {
                try fields[index].check(new[index])
            } catch {
                throw Problem.invalid("/" + fields[index].name, error.code, error.message)
            }
        }
    }
}
