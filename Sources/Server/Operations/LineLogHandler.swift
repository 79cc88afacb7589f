package import Logging

/// A swift-log handler that writes one line per message into the sink.
package struct LineLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let label: String
    private let format: LogFormat
    private let sink: LogSink

    package init(label: String, level: Logger.Level, format: LogFormat, sink: LogSink) {
        self.label = label
        logLevel = level
        self.format = format
        self.sink = sink
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { _, new in new }
        var line = LogLine(format, level: event.level.rawValue, message: event.message.description)
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) { line.add(name, value.description) }
        line.add("logger", label)
        sink.write(line.finished())
    }
}
