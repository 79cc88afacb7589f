import Resources

/// What became of one write.
enum ProductOutcome {
    case created(Int64)
    case updated(Int64)
    case unchanged(Int64)
    case refused(Problem)

    var id: Int64? {
        switch self {
        case .created(let id), .updated(let id), .unchanged(let id): id
        case .refused: nil
        }
    }
}
