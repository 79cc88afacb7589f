/// The words met while products are indexed, each looked up once: shops say the same words again and again.
final class WordBook {
    private(set) var words: [String] = []
    private(set) var letters: [[UInt8]] = []
    private var ids: [String: Int] = [:]
    private var stems: [Int] = []
    /// The document that a word was last met in, and its place there.
    private var lastDocument: [Int] = []
    private var places: [Int] = []
    private var document = 0

    func beginDocument() {
        document += 1
    }

    func id(of word: String) -> Int {
        if let id = ids[word] { return id }
        let id = add(word)
        let stem = Stemmer.stem(word)
        stems[id] = stem == word ? id : ids[stem] ?? add(stem)
        return id
    }

    func stem(of id: Int) -> Int { stems[id] }

    /// Where the document has a word; nil where it has not, and then it gets the next place.
    func place(of id: Int, next: Int) -> Int? {
        if lastDocument[id] == document { return places[id] }
        lastDocument[id] = document
        places[id] = next
        return nil
    }

    private func add(_ word: String) -> Int {
        let id = words.count
        words.append(word)
        letters.append(Array(word.utf8))
        ids[word] = id
        stems.append(id)
        lastDocument.append(0)
        places.append(0)
        return id
    }
}
