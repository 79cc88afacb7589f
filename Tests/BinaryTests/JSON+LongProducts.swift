import Basics
import Resources

extension JSON {
    /// The rows of a batch of 300 products, which are shown on a page of about 5 MB.
    static var longProducts: JSON {
        let text = String(repeating: "x", count: 16_000)
        return .array(
            (1...300).map { ["method": "POST", "body": ["name": .string("P\($0)"), "description": .string(text)]] })
    }
}
