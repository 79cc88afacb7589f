import Basics
import Commerce
import Resources
import Support
import Testing

/// Customers of a shop.
@Suite struct CustomerTests {
    @Test func `a name is enough, and the shop's country is taken`() async throws {
        let shop = try await TestShop.open()
        let before = try await shop.events().count
        let customer = try await shop.post("customer", ["name": "Anna"])
        #expect(customer.status == 200)
        #expect(customer.json["country_id"] == 45)
        #expect(customer.json["email"] == "")
        #expect(customer.json["newsletter"] == 0)
        let types = try await shop.events().dropFirst(before).map { $0["type"].text }
        #expect(types == ["customer.created", "customer_created"])
        #expect(try await shop.post("customer", [:]).pointers == ["/name"])
        #expect(try await shop.post("customer", ["name": ""]).pointers == ["/name"])
    }

    @Test func `a change keeps what it does not name`() async throws {
        let shop = try await TestShop.open()
        let customer = try await shop.post("customer", ["name": "Anna", "city": "Aarhus", "newsletter": true]).json
        let id = customer["customer_id"].integer
        let changed = try await shop.put("customer/\(id)", ["zipcode": 8000]).json
        #expect(changed["zipcode"] == "8000")
        #expect(changed["city"] == "Aarhus")
        #expect(changed["newsletter"] == 1)
        #expect(try await shop.get("customer/\(id)").json == changed)
        #expect(try await shop.delete("customer/\(id)").status == 200)
        #expect(try await shop.get("customer/\(id)").text == "410 Gone")
    }

    @Test(arguments: ["anna@example.com", "a.b+c@sub.example.co.uk", "æ@østergård.dk", "a@b.c"])
    func `an address that can be written to is taken`(_ email: String) {
        #expect(EmailAddress.isPlausible(email))
    }

    @Test(
        arguments: [
            "anna", "anna@", "@example.com", "anna@example", "anna@.com", "anna@example.", "anna@exam ple.com",
            "a@b@c.d",
            "anna@example..com", "anna\n@example.com",
        ])
    func `an address with a typing error is refused`(_ email: String) async throws {
        #expect(!EmailAddress.isPlausible(email))
        let shop = try await TestShop.open()
        let reply = try await shop.post("customer", ["name": "Anna", "email": .string(email)])
        #expect(reply.status == 422)
        #expect(reply.pointers == ["/email"])
    }
}
