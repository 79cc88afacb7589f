/// What several steps found wrong with a body, told all at once.
package struct Faults {
    private var errors: [Problem.FieldError] = []
    private var pointers: Set<String> = []

    package init() {}

    package var isEmpty: Bool { errors.isEmpty }

    /// Of a field that several steps refuse the first says why.
    package mutating func add(_ more: [Problem.FieldError]) {
        for error in more where pointers.insert(error.pointer).inserted { errors.append(error) }
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
