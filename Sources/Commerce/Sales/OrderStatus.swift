import Resources

/// Where an order stands (fact sheet 3.1). Whether it is paid is another matter.
package enum OrderStatus: String, Choice {
    case new, inprocess, pending, ready, sent, credit, cancelled

    /// What may follow. A shop moves freely between the open states; cancelled and credit are final, and a credit order
    /// is made by crediting, never by a status.
    package var next: Set<OrderStatus> {
        switch self {
        case .new: [.inprocess, .pending, .ready, .sent, .cancelled]
        case .inprocess: [.new, .pending, .ready, .sent, .cancelled]
        case .pending: [.new, .inprocess, .ready, .sent, .cancelled]
        case .ready: [.new, .inprocess, .pending, .sent, .cancelled]
        case .sent: [.new, .inprocess, .pending, .ready, .cancelled]
        case .credit, .cancelled: []
        }
    }

    package var isOpen: Bool { !next.isEmpty }
}
