import Foundation
import Resources
import Support
import Testing

/// `butik user`, `butik shop`, `butik token`.
@Suite struct AccountsTests {
    @Test func `a shop is opened with what it is told`() async throws {
        let binary = try await Binary.fresh()
        let opened = try await binary.succeed(
            "shop", "create", "Ægte varer", "--currency", "EUR", "--vat", "8.1", "--prices-exclude-vat", "--time-zone",
            "Europe/Zurich", "--domain", "Shop.Example")
        #expect(opened == "shop 1: Ægte varer")
        let second = try await binary.succeed("shop", "create", "Second")
        #expect(second.hasPrefix("shop ") && second.hasSuffix(": Second") && !second.hasPrefix("shop 1:"))
        let list = try await binary.succeed("shop", "list").split(separator: "\n")
        #expect(list.count == 3)
        #expect(list[1].contains("Ægte varer") && list[1].contains("EUR") && list[1].contains("shop.example"))
        let token = try await binary.succeed("token", "create", "--shop", "1", "--level", "read")
        let serving = try await binary.serve()
        let shop = try await Client(token: token, port: serving.port).get("shop").json
        #expect(shop["vat_rate"].digits == "8.1")
        #expect(shop["prices_include_vat"] == 0)
        #expect(shop["time_zone"] == "Europe/Zurich")
        #expect(try await serving.stop() == 0)
    }

    @Test func `a shop has the VAT of its country unless told otherwise`() async throws {
        let binary = try await Binary.fresh()
        for (arguments, vat) in [
            (["--country", "de", "--currency", "EUR"], "19"), (["--country", "DE", "--vat", "7"], "7"),
            (["--currency", "EUR", "--vat", "21"], "21"), (["--country", "US", "--vat", "0"], "0"), ([], "25"),
        ] {
            #expect(try await binary.run(["shop", "create", "Shop"] + arguments).status == 0)
            let id = try await binary.succeed("shop", "list").split(separator: "\n").last?.split(separator: " ").first
            let token = try await binary.succeed("token", "create", "--shop", String(id ?? ""), "--level", "write")
            let serving = try await binary.serve()
            let client = Client(token: token, port: serving.port)
            #expect(try await client.get("shop").json["vat_rate"].digits == vat)
            let made = try await client.post("product", ["name": "A", "price": 100, "allow_negative_stock": 1]).json
            let order = try await client.post(
                "order", ["products": [["product_id": made["product_id"], "amount": 1]]]
            ).json
            #expect(order["products"][0]["vat_rate"].digits == vat)
            if vat == "21" { #expect(order["vat"].digits == "17.36") }
            if vat == "19" { #expect(order["vat"].digits == "15.97") }
            #expect(try await serving.stop() == 0)
        }
        let list = try await binary.succeed("shop", "list")
        #expect(list.contains("DE") && list.contains("US") && list.contains("DK"))
        for (country, line) in [
            ("XX", "butik: country must be an ISO 3166 code of two letters, such as DK"),
            ("US", "butik: vat of United States is not known here: give it, 0 for none"),
        ] {
            let ended = try await binary.run("shop", "create", "Shop", "--country", country)
            #expect((ended.status, ended.lastLine) == (1, line))
        }
    }

    @Test func `a shop that could not sell is refused`() async throws {
        let binary = try await Binary.fresh()
        for (arguments, line) in [
            (["--currency", "KWD"], "butik: currency must be an ISO 4217 code with at most two decimals"),
            (["--currency", "krone"], "butik: currency must be an ISO 4217 code with at most two decimals"),
            (["--time-zone", "Europe/Kopenhagen"], "butik: time_zone must be an IANA zone such as Europe/Copenhagen"),
            (["--domain", "shop.example.com/de"], "butik: domains/0 must be a host name such as shop.example.com"),
        ] {
            let ended = try await binary.run(["shop", "create", "Test"] + arguments)
            #expect(ended.status == 1)
            #expect(ended.lastLine == line)
        }
        #expect(try await binary.run(["shop", "create", "Test", "--vat", "101"]).status == 64)
        #expect(try await binary.succeed("shop", "list").split(separator: "\n").count == 1)
    }

    @Test func `a token works at its level until it is revoked`() async throws {
        let binary = try await Binary.fresh()
        try await binary.succeed("shop", "create", "Test")
        let read = try await binary.succeed("token", "create", "--shop", "1", "--name", "Reader")
        let hex = try await binary.succeed("token", "create", "--shop", "1", "--level", "write", "--format", "hex32")
        #expect(read.hasPrefix("butik_pat_") && read.count == 59)
        #expect(hex.count == 32)
        let list = try await binary.succeed("token", "list")
        #expect(list.contains("Reader") && list.contains(read.suffix(4)))
        #expect(!list.contains(read) && !list.contains(hex))
        var serving = try await binary.serve()
        #expect(try await Client(token: read, port: serving.port).get("product").status == 200)
        #expect(try await Client(token: read, port: serving.port).post("brand", ["name": "A"]).status == 403)
        #expect(try await Client(token: hex, port: serving.port).post("brand", ["name": "A"]).status == 200)
        #expect(try await serving.stop() == 0)

        let asked = try await binary.run("token", "revoke", "1", "--shop", "1")
        #expect(asked.status == 1)
        #expect(asked.lastLine.hasSuffix("nothing was done; --yes answers for you"))
        #expect(try await binary.succeed("token", "revoke", "1", "--shop", "1", "--yes") == "token 1 is revoked")
        serving = try await binary.serve()
        #expect(try await Client(token: read, port: serving.port).get("product").status == 401)
        #expect(try await serving.stop() == 0)
    }

    @Test func `a token of no shop, and one that is not there`() async throws {
        let binary = try await Binary.fresh()
        let nowhere = try await binary.run("token", "create", "--shop", "7")
        #expect(nowhere.status == 1)
        #expect(nowhere.error == "butik: there is no shop 7\n")
        try await binary.succeed("shop", "create", "Test")
        let unknown = try await binary.run("token", "revoke", "99", "--shop", "1", "--yes")
        #expect(unknown.status == 1)
        #expect(unknown.error == "butik: There is no token with that id in this shop.\n")
    }

    @Test func `a user is made once`() async throws {
        let binary = try await Binary.fresh()
        try await binary.succeed("shop", "create", "Test")
        let made = try await binary.succeed("user", "create", "Anna@Example.com", "--name", "Anna", "--shop", "1")
        let lines = made.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0] == "user 1: Anna@Example.com")
        #expect(lines[1].hasPrefix("password: ") && lines[1].count == 30)
        let given = ["user", "create", "bo@example.com", "--password-stdin"]
        let second = try await binary.run(given, input: "en lang sætning\n")
        #expect(second.output.hasSuffix(": bo@example.com\n") && !second.output.contains("password"))
        let again = try await binary.run("user", "create", "anna@example.com")
        #expect(again.status == 1)
        #expect(again.error == "butik: there is already a user anna@example.com\n")
        let list = try await binary.succeed("user", "list").split(separator: "\n")
        #expect(list.count == 3)
        #expect(list[1].contains("anna@example.com") && list[1].contains("Anna"))
    }

    @Test func `a user that could not log in is refused`() async throws {
        let binary = try await Binary.fresh()
        for (email, password, line) in [
            ("anna@example.com", "123456789\n", "a password needs 10 to 1024 bytes"),
            ("anna@example.com", "", "there is no password on standard input"),
            ("anna", "en lang sætning\n", "anna is not an e-mail address"),
        ] {
            let ended = try await binary.run(["user", "create", email, "--password-stdin"], input: password)
            #expect((ended.status, ended.error) == (1, "butik: \(line)\n"))
        }
        let nowhere = try await binary.run("user", "create", "bo@example.com", "--shop", "9")
        #expect((nowhere.status, nowhere.error) == (1, "butik: there is no shop 9\n"))
        // Everybody on the machine reads command lines.
        let seen = try await binary.run("user", "create", "bo@example.com", "--password", "0123456789")
        #expect(seen.status == 64 && seen.error.contains("--password-stdin"), "\(seen.error)")
        #expect(try await binary.succeed("user", "list").split(separator: "\n").count == 1)
    }

    @Test func `the owner of the server does all of it for users, beside a running server too`() async throws {
        let binary = try await Binary.fresh()
        try await binary.succeed("shop", "create", "Test")
        let serving = try await binary.serve()
        for (arguments, line) in [
            (["create", "anna@example.com", "--shop", "1", "--role", "staff"], "user 1: anna@example.com"),
            (["create", "bo@example.com", "--platform"], ": bo@example.com"),
            (["role", "bo@example.com", "--shop", "1", "--role", "owner"], "bo@example.com is owner of shop 1"),
            (["role", "anna@example.com", "--shop", "1", "--role", "none"], "anna@example.com is out of shop 1"),
            (["invite", "anna@example.com", "--shop", "1"], "anna@example.com is invited to shop 1 as staff"),
            (["password", "anna@example.com"], "anna@example.com has another password"),
            (["drop-second-factor", "bo@example.com"], "bo@example.com logs in with the password alone"),
            (["end-sessions", "bo@example.com"], "bo@example.com is logged out"),
            (["remove", "anna@example.com", "--yes"], "anna@example.com is removed"),
        ] {
            let ended = try await binary.run(["user"] + arguments)
            #expect(ended.status == 0, "\(ended.error)")
            #expect(ended.output.split(separator: "\n").first?.hasSuffix(line) == true, "\(ended.output)")
        }
        let alone = try await binary.run("user", "role", "bo@example.com", "--shop", "1", "--role", "none")
        #expect((alone.status, alone.error) == (1, "butik: a shop needs an owner; make somebody else one first\n"))
        let unknown = try await binary.run("user", "password", "anna@example.com")
        #expect((unknown.status, unknown.error) == (1, "butik: there is no user anna@example.com\n"))
        let guessed = try await binary.run(
            ["user", "create", "c@example.com", "--password-stdin"], input: "password1234\n")
        #expect(guessed.error.hasPrefix("butik: this password is one of the first that anybody tries"))
        let list = try await binary.succeed("user", "list")
        #expect(list.contains("bo@example.com") && list.contains("owner") && !list.contains("anna@example.com"))
        #expect(try await binary.succeed("user", "sessions").hasPrefix("email"))
        #expect(try await serving.stop() == 0)
    }
}
