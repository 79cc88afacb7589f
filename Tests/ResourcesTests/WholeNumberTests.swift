import Basics
import Resources
import Testing

/// Whole numbers from outside, of which sums are checked.
@Suite struct WholeNumberTests {
    @Test func `a whole number is below 2^53, whichever way it came`() throws {
        #expect(WholeNumber(WholeNumber.max)?.int64 == 9_007_199_254_740_991)
        #expect(WholeNumber(-WholeNumber.max)?.int64 == -9_007_199_254_740_991)
        for large in [WholeNumber.max + 1, -WholeNumber.max - 1, .max, .min] {
            #expect(WholeNumber(large) == nil)
            #expect(WholeNumber(strict: String(large)) == nil)
            #expect(JSONNumber(large).integer == nil)
            #expect(try JSONText.list([1, large, 2]).integers == [1, 2])
        }
    }

    @Test func `a sum that does not fit is nil`() {
        let largest = WholeNumber(WholeNumber.max)
        #expect(largest?.adding(0) == largest)
        #expect(largest?.adding(1) == nil)
        #expect(largest?.adding(.max) == nil)
        #expect(WholeNumber(-WholeNumber.max)?.adding(.min) == nil)
        #expect(WholeNumber(-5)?.adding(3)?.int64 == -2)
        #expect(WholeNumber(-WholeNumber.max)?.magnitude == WholeNumber.max)
    }

    @Test(arguments: ["", "+5", " 5", "5 ", "5x", "0x5", "1e3", "5.0", "-", "٣", "--5", "5-"])
    func `only digits are strictly a whole number`(_ text: String) {
        #expect(WholeNumber(strict: text) == nil)
    }

    @Test func `a count of bytes that is too large is as good as the largest`() {
        #expect(WholeNumber(count: "0")?.int64 == 0)
        #expect(WholeNumber(count: String(repeating: "9", count: 400))?.int64 == WholeNumber.max)
        for text in ["", "-1", "1.0", "x"] { #expect(WholeNumber(count: text) == nil) }
    }
}
