package import Basics

extension Endpoint {
    /// A write whose body is declared: it is read before the transaction does anything, and described by the same declaration.
    /// - Parameter takes: a body; an optional one may be missing.
    package init<B: BodyValue>(
        _ method: Method, _ path: String, _ access: Access, _ name: String, _ summary: String,
        _ documentation: Documentation, takes: B.Type,
        _ work: @escaping @Sendable (B, Call, Transaction) throws -> Answer
    ) {
        var documentation = documentation
        documentation.body = B.form.schema
        documentation.isBodyRequired = !B.isNullable
        self.init(
            method, path, access, name, summary, documentation,
            .write { call, tx in try work(call.read(B.self), call, tx) })
        self.takes = B.form
        if case .oneOrMany = B.form { (bodyMax, rowsMax) = (BatchWrite.bodyMax, BatchWrite.rowsMax) }
    }
}

extension Call {
    /// The body as it is declared; throws all that is wrong with it.
    package func read<B: BodyValue>(_: B.Type) throws -> B {
        if case .array = body, case .oneOrMany = B.form {} else if body != nil || !B.isNullable { _ = try object() }
        let field = FieldInfo(name: "", kind: B.kind, isNullable: B.isNullable, isList: B.form.isList)
        return try BodyReader.reading(for: tenant, isStrict: preferences.isStrict) { reader throws(NotRead) in
            try B.read(body, as: field, at: "", &reader)
        }
    }

    /// The same of one row of a batch.
    package func read<B: Body>(_: B.Type, _ row: JSONObject) throws -> B {
        try B(row, for: tenant, isStrict: preferences.isStrict)
    }
}
