import Basics
import Resources
import Testing

/// Reading decimals exactly or not at all.
@Suite struct DecimalsTests {
    @Test(
        arguments: [
            ("249.95", 2, 24995), ("249.95", 3, 249_950), ("249.950", 2, 24995), ("0", 2, 0), ("-0", 2, 0), ("5", 0, 5),
            ("5.0", 0, 5), ("1e3", 0, 1000), ("1E+3", 0, 1000), ("12.5e1", 0, 125), ("1500e-2", 0, 15),
            ("15e-1", 1, 15), ("0.0e-5", 0, 0), ("00012", 0, 12), ("-33.33", 2, -3333),
            ("9007199254740991", 0, WholeNumber.max), ("-9007199254740991", 0, -9_007_199_254_740_991),
            ("90071992547409.91", 2, WholeNumber.max),
            ("0.000000000000000000000000000000", 2, 0), ("0e999", 2, 0), ("100000000000000000000e-20", 0, 1),
        ] as [(String, Int, Int64)])
    func `a number is read exactly`(_ text: String, _ places: Int, _ value: Int64) {
        #expect(Decimals.scaled(text.utf8, places: places)?.int64 == value)
    }

    @Test(
        arguments: [
            ("249.955", 2), ("0.001", 2), ("1e-1", 0), ("9007199254740992", 0), ("-9007199254740992", 0),
            ("9223372036854775807", 0), ("-9223372036854775808", 0), ("9223372036854775808", 0),
            ("-9223372036854775809", 0), ("90071992547409.92", 2), ("1e400", 0), ("1e999", 0), ("1e1000", 0),
            ("1e19", 0), ("1e18", 2),
            ("1e-1000", 2), ("123456789012345678901234567890", 0),
        ])
    func `a number that does not fit is refused`(_ text: String, _ places: Int) {
        #expect(Decimals.scaled(text.utf8, places: places) == nil)
    }

    @Test(
        arguments: [
            "", "-", "+1", " 1", "1 ", "1,5", ".5", "5.", "1e", "1e+", "--1", "1.2.3", "0x10", "1_0", "٣", "1e1e1",
            "NaN", "1\u{0}",
        ])
    func `what is no number is refused`(_ text: String) {
        #expect(Decimals.scaled(text.utf8, places: 2) == nil)
    }
}
