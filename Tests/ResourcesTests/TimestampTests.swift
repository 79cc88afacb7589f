import Basics
import Foundation
import Persistence
import Resources
import Support
import Testing

/// The wire's times, in the shop's zone, both ways.
@Suite struct TimestampTests {
    private static func zone(_ name: String) throws -> Zone { try #require(Zone.named(name)) }

    private static func shown(_ seconds: Int64, _ zone: Zone) -> String {
        var writer = JSONWriter()
        writer.timestamp(seconds * 1000, zone: zone)
        return String(writer.text.dropFirst().dropLast())
    }

    @Test(
        arguments: [
            // 2026-03-29 01:00 UTC: from 02:00 to 03:00. 2026-10-25 01:00 UTC: from 03:00 back to 02:00.
            (1_774_745_999, "2026-03-29 01:59:59"), (1_774_746_000, "2026-03-29 03:00:00"),
            (1_792_889_999, "2026-10-25 02:59:59"), (1_792_890_000, "2026-10-25 02:00:00"),
            (1_792_893_599, "2026-10-25 02:59:59"), (1_792_893_600, "2026-10-25 03:00:00"),
            (1_767_222_000, "2026-01-01 00:00:00"), (0, "1970-01-01 01:00:00"), (-1, "1970-01-01 00:59:59"),
        ] as [(Int64, String)])
    func `Copenhagen goes forward in March and back in October`(_ seconds: Int64, _ text: String) throws {
        #expect(Self.shown(seconds, try Self.zone("Europe/Copenhagen")) == text)
    }

    @Test func `the hour that happens twice means its first time, the one that never happens what follows`() throws {
        let zone = try Self.zone("Europe/Copenhagen")
        #expect(Timestamp.parse("2026-10-25 02:30:00", zone: zone) == Instant(seconds: 1_792_888_200))
        let missing = try #require(Timestamp.parse("2026-03-29 02:30:00", zone: zone))
        #expect((1_774_746_000 - 3600...1_774_746_000 + 3600).contains(missing.seconds))
    }

    @Test(
        arguments: [
            "2026-03-01 14:05:00", "2026-03-01T14:05:00", "2026-03-01t14:05:00", "2026-03-01 14:05",
            "2026-03-01T13:05:00Z", "2026-03-01T13:05:00z", "2026-03-01T13:05:00.000Z", "2026-03-01T14:05:00+01:00",
            "2026-03-01T14:05:00+0100", "2026-03-01T08:05:00-05:00", "2026-03-01T14:05:00 01:00",
        ])
    func `a time may be spelled in many ways`(_ text: String) throws {
        #expect(
            Timestamp.parse(text, zone: try Self.zone("Europe/Copenhagen")) == Instant(seconds: 1_772_370_300))
    }

    @Test func `a date alone is its midnight, and fractions are kept to the millisecond`() throws {
        let zone = try Self.zone("Europe/Copenhagen")
        #expect(Timestamp.parse("2026-03-01", zone: zone) == Instant(seconds: 1_772_319_600))
        for (text, milliseconds) in [("5", 500), ("25", 250), ("125", 125), ("1259", 125)] as [(String, Int64)] {
            let read = Timestamp.parse("2026-03-01 00:00:00.\(text)", zone: zone)
            #expect(read == Instant(milliseconds: 1_772_319_600_000 + milliseconds))
        }
        #expect(Timestamp.parse("2028-02-29", zone: zone) != nil)
    }

    @Test(
        arguments: [
            "", "now", "2026", "2026-03", "2026-3-1", "26-03-01", "2026/03/01", "01-03-2026", "2026-13-01",
            "2026-00-01", "2026-02-29", "2026-04-31", "2026-01-00", "2026-01-32", "2026-03-01 24:00:00",
            "2026-03-01 12:60:00",
            "2026-03-01 12:00:60", "2026-03-01 12", "2026-03-01 1:00:00", "2026-03-01 12:00:00.",
            "2026-03-01  12:00:00", "2026-03-01T12:00:00+1", "2026-03-01T12:00:00+25:00", "2026-03-01T12:00:00Zz",
            "2026-03-01T12:00:00 CET",
            " 2026-03-01", "2026-03-01 ", "-026-03-01", "２０２６-03-01", "1772366400",
        ])
    func `what is no time is refused`(_ text: String) {
        #expect(Timestamp.parse(text, zone: .utc) == nil)
    }

    @Test(
        arguments: [
            "UTC", "Europe/Copenhagen", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Asia/Tokyo",
        ]
    )
    func `random moments come back as they were shown`(_ name: String) throws {
        let zone = try Self.zone(name)
        let seed = UInt64.random(in: 0 ... .max)
        var dice = Dice(seed: seed)
        for _ in 0..<1000 {
            // 1971 to 2099
            let seconds = dice.roll(31_536_000...4_070_908_800)
            let text = Self.shown(seconds, zone)
            let read = try #require(Timestamp.parse(text, zone: zone), "seed \(seed)")
            // In an hour that happens twice the first is read, so that the same text is shown again.
            #expect(Self.shown(read.seconds, zone) == text, "seed \(seed): \(seconds) in \(name)")
            if zone.offset(at: seconds - 7200) == zone.offset(at: seconds + 7200) {
                #expect(read.seconds == seconds, "seed \(seed): \(seconds) in \(name)")
            }
        }
    }

    @Test func `the offsets are those of the system's own calendar`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var dice = Dice(seed: seed)
        for name in ["Europe/Copenhagen", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"] {
            let zone = try Self.zone(name)
            let system = try #require(TimeZone(identifier: name))
            for _ in 0..<300 {
                let seconds = dice.roll(0...4_070_908_800)
                let offset = system.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
                #expect(zone.offset(at: seconds) == Int64(offset), "seed \(seed): \(seconds) in \(name)")
            }
        }
    }

    @Test func `every day of two centuries has one date`() {
        for day in -36_525...Int64(47_482) {
            let date = Timestamp.date(day)
            #expect(Timestamp.days(date.year, date.month, date.day) == day)
        }
        #expect(Timestamp.date(0) == (1970, 1, 1))
        #expect(Timestamp.date(20_513) == (2026, 3, 1))
    }

    @Test func `a zone that is none is not known`() {
        #expect(Zone.named("Europe/Kopenhagen") == nil)
        #expect(Zone.named("") == nil)
    }
}
