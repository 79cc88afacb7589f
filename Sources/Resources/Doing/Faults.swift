/// What several steps found wrong with a body, told all at once.
package struct Faults {
    private var errors: [Problem.FieldError] = []

    package init() {}

    package var isEmpty: Bool { errors.isEmpty }

    package mutating func add(_ more: [Problem.FieldError]) {
        errors += more.filter { one in !errors.contains { $0.pointer == one.pointer } }
    }

    /// Runs a step and keeps the fields it refuses. A conflict with what is stored counts only where no field was refused.
    package mutating func gather(_ step: () throws -> Void) throws {
        do {
            try step()
        } catch let problem as Problem where problem.kind == .invalid && !problem.errors.isEmpty {
            add(problem.errors)
        } catch let problem as Problem {
            if errors.isEmpty { throw problem }
        }
    }

    /// Throws what was gathered.
    package func finish() throws {
        if !errors.isEmpty { throw Problem.invalid(errors) }
    }
}
