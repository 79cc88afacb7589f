import Basics

/// What a write left behind: the value and the JSON a single GET would now show.
package struct Written<R: Resource>: Sendable {
    package let value: R
    package let id: Int64
    package let version: Int64
    package let json: [UInt8]

    package var answer: Answer { Answer(body: json, version: version) }
}
