import Persistence

extension ResourceInfo {
    /// Refuses columns that break their fields' rules, whoever made them: a body was read by the same rules, what code makes
    /// of it or of a file was not.
    /// - Parameters:
    ///   - old: the columns as they are stored; what stays as it is was judged when it came.
    ///   - pointer: where the row stands in the body.
    func check(_ new: [SQLValue], over old: [SQLValue]?, for tenant: Tenant, at pointer: String = "") throws {
        for index in fields.indices where old?[index] != new[index] {
            do throws(FieldFault) {
                try fields[index].check(new[index], for: tenant)
            } catch {
                throw Problem.invalid("\(pointer)/\(fields[index].name)", error.code, error.message)
            }
        }
    }
}
