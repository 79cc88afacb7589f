import Basics

/// What a write left behind: the value and the JSON a single GET would now show.
package struct Written<R: Resource>: Sendable {
    package let value: R
    package let id: Int64
    package let version: Int64
    package let json: [UInt8]

    package var answer: Answer { Answer(body: json, version: version) }

    /// The same with secrets that are shown this once. What a dry run undoes was never issued, and nobody may take it for a key.
    package func answer(withSecrets secrets: [(name: String, text: String)], in tx: Transaction) -> Answer {
        var writer = JSONWriter(capacity: json.count + 256)
        writer.raw(Array(json.dropLast()))
        for (name, text) in secrets {
            writer.raw("," as StaticString)
            writer.name(name)
            if tx.isDryRun { writer.null() } else { writer.string(text) }
        }
        writer.raw("}" as StaticString)
        var answer = answer
        (answer.body, answer.isSecret) = (writer.bytes, true)
        return answer
    }
}
