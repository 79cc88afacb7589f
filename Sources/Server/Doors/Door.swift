import Basics
import HTTPTypes
import Resources

/// A face of the server: which paths are behind it, who is let in, how a body is read, and how an answer looks there.
///
/// A further face (a storefront, a console, OAuth, callbacks) is a file like its neighbours here and a word where
/// `ButikServer` lists them. It makes the `Caller` its endpoints know; what it does not say is as below.
protocol Door: Sendable {
    /// The first segment of its paths, in any letter case; empty for whatever no other door has.
    var prefix: String { get }

    /// Finds out who calls (`RequestContext.caller`), and lets them in.
    /// - Throws: the problem of whoever may not.
    func admit(_ endpoint: Endpoint, _ context: inout RequestContext) async throws

    /// Hears that somebody whom it let in is done.
    func leave(_ context: RequestContext)

    /// Reads a body that is no file; nil where there is none.
    func body(_ bytes: [UInt8], _ endpoint: Endpoint, _ context: RequestContext) throws -> JSON?

    /// What an endpoint answered, as this request wants it: nothing where the client has it already.
    func answer(_ answer: Answer, _ context: RequestContext) -> Answer

    /// How a problem looks.
    func answer(_ problem: Problem, _ context: RequestContext) -> Answer

    /// Finds out whether pages of another origin may call (OPTIONS).
    func preflight(_ context: inout RequestContext) async throws

    /// Adds the headers that all answers have here: who may keep them and who may read them.
    func describe(_ fields: inout HTTPFields, _ context: RequestContext)
}

extension Door {
    func leave(_ context: RequestContext) {}

    func body(_ bytes: [UInt8], _ endpoint: Endpoint, _ context: RequestContext) throws -> JSON? {
        try RequestBodyReader.json(
            bytes, type: context.request.headers[.contentType], rowsMax: endpoint.rowsMax)
    }

    func answer(_ answer: Answer, _ context: RequestContext) -> Answer { answer }

    func answer(_ problem: Problem, _ context: RequestContext) -> Answer { problem.answer(requestID: context.id) }

    func preflight(_ context: inout RequestContext) async throws {}

    func describe(_ fields: inout HTTPFields, _ context: RequestContext) {}
}
