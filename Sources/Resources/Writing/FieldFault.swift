/// Why one value was refused.
package struct FieldFault: Error {
    package let code: String
    package let message: String

    package init(_ code: String, _ message: String) {
        self.code = code
        self.message = message
    }
}
