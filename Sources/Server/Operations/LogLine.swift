import Basics
import Foundation
import Resources

/// One line being written. Control characters are escaped, so that no request can forge a line.
package struct LogLine: ~Copyable {
    private var writer = JSONWriter(capacity: 512)
    private let format: LogFormat

    package init(_ format: LogFormat, level: String, message: String) {
        self.format = format
        let milliseconds = Int64(Date().timeIntervalSince1970 * 1000)
        switch format {
        case .json:
            writer.raw(#"{"time":"# as StaticString)
            LogLine.time(milliseconds, &writer)
            writer.raw(#","level":"# as StaticString)
            writer.string(level)
            writer.raw(#","message":"# as StaticString)
            writer.string(message)
        case .text:
            LogLine.time(milliseconds, &writer)
            writer.raw(" " as StaticString)
            writer.raw(level)
            writer.raw(" " as StaticString)
            plain(message)
        }
    }

    package mutating func add(_ name: String, _ value: String) {
        switch format {
        case .json:
            writer.byte(UInt8(ascii: ","))
            writer.name(name)
            writer.string(value)
        case .text:
            writer.raw(" " as StaticString)
            writer.raw(name)
            writer.raw("=" as StaticString)
            plain(value)
        }
    }

    package mutating func add(_ name: String, _ value: Int64) {
        switch format {
        case .json:
            writer.byte(UInt8(ascii: ","))
            writer.name(name)
        case .text:
            writer.raw(" " as StaticString)
            writer.raw(name)
            writer.raw("=" as StaticString)
        }
        writer.integer(value)
    }

    package consuming func finished() -> [UInt8] {
        if format == .json { writer.byte(UInt8(ascii: "}")) }
        writer.byte(10)
        return writer.bytes
    }

    private mutating func plain(_ text: String) {
        var text = text
        text.withUTF8 { writer.escaped(UnsafeRawBufferPointer($0)) }
    }

    /// `"2026-03-01T14:05:00.123Z"`
    private static func time(_ milliseconds: Int64, _ writer: inout JSONWriter) {
        let second = milliseconds / 1000
        let date = Timestamp.date(second / 86_400)
        let time = UInt64(second % 86_400)
        writer.raw("\"" as StaticString)
        writer.digits(date.year.magnitude, atLeast: 4)
        writer.raw("-" as StaticString)
        writer.digits(date.month.magnitude, atLeast: 2)
        writer.raw("-" as StaticString)
        writer.digits(date.day.magnitude, atLeast: 2)
        writer.raw("T" as StaticString)
        writer.digits(time / 3600, atLeast: 2)
        writer.raw(":" as StaticString)
        writer.digits(time / 60 % 60, atLeast: 2)
        writer.raw(":" as StaticString)
        writer.digits(time % 60, atLeast: 2)
        writer.raw("." as StaticString)
        writer.digits(UInt64(milliseconds % 1000), atLeast: 3)
        writer.raw("Z\"" as StaticString)
    }
}
