package import Basics
package import Persistence

/// Members that are shown and not taken: what a GET answered may be sent back, but in strict mode nothing else.
extension FieldInfo {
    /// Why a value cannot be said of a field that no body changes; nil where it is the one that is shown.
    /// - Parameter stored: its column, as it is kept.
    package func fault(sending value: JSON, where stored: SQLValue, for tenant: Tenant) -> FieldFault? {
        let (field, held): (FieldInfo, SQLValue) =
            switch kind {
            case .timed(let values): (plain(values), moment(of: stored, at: tenant.now))
            default: (self, stored)
            }
        if let sent = try? field.column(of: value, tenant: tenant), field.looksAlike(sent, held) { return nil }
        return FieldFault("read_only", "is read-only, and not what it is now")
    }

    private func plain(_ values: FieldKind.Timed) -> FieldInfo {
        FieldInfo(name: name, kind: values == .amount ? .amount : .instant, isNullable: true)
    }

    /// Times are shown to the second.
    private func looksAlike(_ sent: SQLValue, _ held: SQLValue) -> Bool {
        guard kind == .instant, case .integer(let one) = sent, case .integer(let other) = held else {
            return sent == held
        }
        return one / 1000 == other / 1000
    }

    private func moment(of timeline: SQLValue, at now: Instant) -> SQLValue {
        guard case .text(var text) = timeline else { return .null }
        let held = text.withUTF8 { TimelineText.value(in: UnsafeRawBufferPointer($0), at: now) }
        return held.map { .integer($0) } ?? .null
    }

    /// Whether what is shown is what is kept, so that the two can be compared.
    var isShownAsKept: Bool { kind != .link && kind != .json && !isHidden }
}
