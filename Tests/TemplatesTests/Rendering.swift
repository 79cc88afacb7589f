import Basics
import Templates

/// Shows a template, or says why it can't be.
func show(_ text: String, _ values: JSON = [:], zone: Zone = .utc, _ budget: TemplateBudget = .init()) -> String {
    var budget = budget
    guard case .object(let object) = values else { return "no values" }
    do {
        return try Template(text).render(object, zone: zone, within: &budget)
    } catch let fault as TemplateFault {
        return fault.words
    } catch {
        return "stopped: \(error)"
    }
}
