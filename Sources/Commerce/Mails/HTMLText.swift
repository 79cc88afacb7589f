import Basics
import Mustache

/// Text within HTML as Mustache is to write it. What swift-mustache does of itself looks for whole `Character`s.
package enum HTMLText {
    /// What a template begins with whose values are to be shown as text.
    package static let pragma: String = {
        MustacheContentTypes.register(ContentType(), named: "HTML_TEXT")
        return "{{% CONTENT_TYPE:HTML_TEXT}}"
    }()

    private struct ContentType: MustacheContentType {
        func escapeText(_ text: String) -> String { text.htmlEscaped }
    }
}
