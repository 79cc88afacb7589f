import Basics
import Persistence
import Resources

extension [Int64: String] {
    /// The id that a client's value stands for among the values of a list: their words by id. A number in a text is an id
    /// before it is a word.
    /// - Parameter isWord: whether it is meant as words and as nothing else.
    func valueID(of value: JSON, isWord: Bool = false) -> Int64? {
        let id: Int64? =
            switch value {
            case .number(let number): number.integer?.int64
            case .string(let text) where isWord: named(text)
            case .string(let text): WholeNumber(strict: text)?.int64 ?? named(text)
            default: nil
            }
        return id.flatMap { self[$0] == nil ? nil : $0 }
    }

    /// The id of words in the form in which they are kept, of several the first.
    private func named(_ words: String) -> Int64? {
        let words = ExactText(words.asKey)
        return filter { ExactText($0.value) == words }.keys.min()
    }
}
