import Basics
import Persistence
import Resources
import Testing

/// A body is read as its declaration says: loosely in form, strictly in meaning, all faults at once.
@Suite struct BodyTests {
    struct Size: Body {
        let width: Int64?
        let height: Int64?

        static let schema = BodySchema(
            Size.init, Field("width", \.width, .range(1...100)), Field("height", \.height, .range(1...100)))

        var faults: [Problem.FieldError] {
            (width == nil) == (height == nil) ? [] : [.init("/height", "required", "goes with width")]
        }
    }

    struct Item: Body {
        let name: String
        let count: Int64

        static let schema = BodySchema(
            Item.init, Field("name", \.name, .required, .length(1...5)),
            Field("count", \.count, .alias("number"), .initially(.integer(1)), .range(1...9)))
    }

    enum Way: String, Choice {
        case post, boat
    }

    struct Parcel: Body {
        let to: String
        let size: Size
        let items: [Item]
        let price: Amount?
        let way: Way?
        let isFragile: Bool
        let box: Size?
        let numbers: [Int64]
        let note: JSON?

        static let schema = BodySchema(
            Parcel.init,
            Field("to", \.to, .needed("is required: it goes nowhere else"), .length(0...20), .about("Whose it is.")),
            Field(\.size),
            Field("items", \.items, .required, .count(1...2)),
            Field("price", \.price, .range(0...10_000)),
            Field("way", \.way),
            Field("fragile", \.isFragile),
            Field("box", \.box),
            Field("numbers", \.numbers, .range(1...5)),
            Field("note", \.note))
    }

    struct Swapped: Body {
        let one: Int64
        let other: Int64

        static let schema = BodySchema({ Swapped(one: $1, other: $0) }, Field("other", \.other), Field("one", \.one))
    }

    private static func read(_ text: String, isStrict: Bool = false) throws -> Parcel {
        guard case .object(let object) = try JSONParser.parse(Array(text.utf8)) else { throw CancellationError() }
        return try Parcel(object, for: .none, isStrict: isStrict)
    }

    private static func faults(_ text: String, isStrict: Bool = false) -> [String] {
        do {
            _ = try read(text, isStrict: isStrict)
            return []
        } catch let problem as Problem {
            return problem.errors.map { "\($0.pointer) \($0.code)" }
        } catch {
            return ["\(error)"]
        }
    }

    private static let least = #""to": "Ann", "items": [{"name": "cup"}]"#

    @Test func `what is left out, null or empty has its starting value`() throws {
        for more in [
            "", #", "price": null, "way": null, "box": null, "numbers": null, "fragile": null"#, #", "price": """#,
        ] {
            let parcel = try Self.read("{\(Self.least)\(more)}")
            #expect(parcel.price == nil && parcel.way == nil && parcel.box == nil && parcel.note == nil)
            #expect(parcel.numbers.isEmpty && !parcel.isFragile && parcel.size.width == nil)
            #expect(parcel.items.map(\.count) == [1])
        }
        #expect(try Self.read("{\(Self.least), \"way\": \"\"}").way == nil)
    }

    @Test func `values are read in every form that clients send`() throws {
        let parcel = try Self.read(
            #"""
            {"to": 17, "items": [{"name": "cup", "number": "2"}, {"name": "pot", "count": 3, "number": 4}],
            "price": "9.5", "way": "boat", "fragile": "true", "width": 1.0, "height": "2",
            "box": {"width": 3, "height": 4}, "numbers": ["1", 2], "note": {"a": [1e300]}}
            """#)
        #expect(parcel.to == "17" && parcel.items.map(\.count) == [2, 3] && parcel.price == Amount(950))
        #expect(parcel.way == .boat && parcel.isFragile && parcel.numbers == [1, 2])
        #expect(parcel.size.width == 1 && parcel.size.height == 2 && parcel.box?.height == 4)
    }

    @Test func `everything that is wrong is told at once, each where it stands`() {
        let all = Self.faults(
            #"""
            {"items": [{"count": 10}, {"name": "teapot", "number": "x"}], "price": -1, "way": "air", "fragile": 2,
            "width": 3, "box": {"width": 0}, "numbers": [1, 9, null], "note": [{"a": 1e400}]}
            """#)
        #expect(
            Set(all) == [
                "/to required", "/items/0/name required", "/items/0/count range", "/items/1/name too_long",
                "/items/1/number type", "/price range", "/way choice", "/fragile type", "/height required",
                "/box/width range", "/numbers/1 range", "/numbers/2 required", "/note/0/a range",
            ])
        #expect(all.count == 13)
    }

    @Test func `a list is a list, has as many rows as it may, and objects in it`() {
        #expect(Self.faults(#"{"to": "A"}"#) == ["/items required"])
        #expect(Self.faults(#"{"to": "A", "items": []}"#) == ["/items required"])
        #expect(Self.faults(#"{"to": "A", "items": {}}"#) == ["/items type"])
        #expect(Self.faults(#"{"to": "A", "items": [7, null]}"#) == ["/items/0 type", "/items/1 required"])
        let item = #"{"name": "a"}"#
        #expect(Self.faults(#"{"to": "A", "items": [\#(item), \#(item), \#(item)]}"#) == ["/items too_long"])
    }

    @Test func `what is needed says why, missing or empty`() throws {
        for text in [#"{"items": [{"name": "a"}]}"#, #"{"to": "", "items": [{"name": "a"}]}"#] {
            do {
                _ = try Self.read(text)
                Issue.record("\(text) was read")
            } catch let problem as Problem {
                #expect(problem.errors.map(\.message) == ["is required: it goes nowhere else"])
            }
        }
    }

    @Test func `in strict mode a member that is not declared is refused, however deep`() {
        let body = #"{"to": "A", "items": [{"name": "a", "colour": 1}], "box": {"depth": 1}, "width": null, "x": 1}"#
        #expect(Self.faults(body) == [])
        #expect(
            Set(Self.faults(body, isStrict: true)) == ["/items/0/colour unknown", "/box/depth unknown", "/x unknown"])
    }

    @Test func `a body that may be missing is told from one that says nothing`() throws {
        func size(_ body: JSON?) throws -> Size? {
            let endpoint = Endpoint(
                .post, "/size", .token(.write), "size", "Sizes.", Documentation(), takes: Size?.self
            ) {
                _, _, _ in Answer(body: [])
            }
            #expect(!endpoint.documentation.isBodyRequired)
            let call = Call(
                endpoint: endpoint, caller: .nobody, requestID: "", now: Instant(milliseconds: 0), body: body)
            return try call.read(Size?.self)
        }
        #expect(try size(nil) == nil)
        #expect(try size([:]) != nil)
        #expect(try size(["width": 1, "height": 2])?.height == 2)
        for wrong in [[], 7, ["width": 0]] as [JSON] {
            #expect(throws: Problem.self, "\(wrong)") { try size(wrong) }
        }
    }

    @Test func `two members that stand in another order than the initialiser are noticed`() {
        #expect(Parcel.info.isInOrder && Item.info.isInOrder)
        #expect(!Swapped.info.isInOrder)
    }

    @Test func `the declaration is the documentation`() throws {
        let size =
            #""width": {"type": "integer", "minimum": 1, "maximum": 100}, "height": {"type": "integer", "minimum": 1, "maximum": 100}"#
        let expected = try JSONParser.parse(
            Array(
                #"""
                {"type": "object", "required": ["to", "items"], "properties": {
                "to": {"type": "string", "description": "Whose it is.", "maxLength": 20}, \#(size),
                "items": {"type": "array", "items": {"type": "object", "required": ["name"], "properties": {
                "name": {"type": "string", "maxLength": 5},
                "count": {"type": "integer", "default": 1, "minimum": 1, "maximum": 9},
                "number": {"type": "integer", "description": "Another name of `count`."}}}, "minItems": 1, "maxItems": 2},
                "price": {"type": "number", "minimum": 0}, "way": {"type": "string", "enum": ["post", "boat"]},
                "fragile": {"type": "integer", "enum": [0, 1]},
                "box": {"type": "object", "properties": {\#(size)}},
                "numbers": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 5}, "maxItems": 1000},
                "note": {}}}
                """#.utf8))
        #expect(Parcel.form.schema == expected, "\(Parcel.form.schema.serialized)")
    }
}
