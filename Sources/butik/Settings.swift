import Basics
import Configuration
import Foundation
import Logging
import Outbound
import Secrets
import Server
import SystemPackage
import Yams

/// What the server is told from outside: flag beats environment beats file (CONTRACT 3).
struct Settings: Sendable {
    var databaseURL: String
    var data: String
    var host: String
    var port: Int
    var publicURL: String
    var rateLimit: Bool
    var servesUnregisteredClients: Bool
    var logLevel: Logger.Level
    var logFormat: LogFormat
    var trustedProxies: [AddressRange]
    var mediaDir: String
    var outbound: OutboundPolicy
    var masterKey: KeySource
    var mail: MailSettings?

    /// A setting nobody can use; it stops the start with one line.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// Every key there is, so that a misspelt one is not silently without effect.
    private static let keys: Set<String> = [
        "database_url", "replica_urls", "host", "port", "public_url", "master_key", "master_key_file", "media_dir",
        "outbound_allow", "smtp_url", "mail_from", "smtp_ca_file", "rate_limit", "oauth_unregistered",
        "log_level", "log_format", "trusted_proxies",
    ]
    private static let prefix = "BUTIK_"

    /// Keys of what does not work yet: who sets one counts on it.
    private static let idle = [
        "replica_urls": "all reads go to the one database, whichever engine it is"
    ]

    /// Variables that belong to the scripts around the server and not to it.
    private static let scripts: Set<String> = [
        "BUTIK_URL", "BUTIK_TOKEN", "BUTIK_USER", "BUTIK_PASSWORD", "BUTIK_TOKEN_READ", "BUTIK_TOKEN_WRITE",
        "BUTIK_TOKEN_ALL",
        "BUTIK_TOKEN_OTHER_SHOP", "BUTIK_APP_TOKEN", "BUTIK_OAUTH_CLIENT_ID", "BUTIK_OAUTH_CLIENT_SECRET",
        "BUTIK_TEST_ENGINE", "BUTIK_TEST_POSTGRES",
    ]

    static func load(_ options: CommonOptions, host: String? = nil, port: Int? = nil) async throws -> Settings {
        var providers: [any ConfigProvider] = [
            EnvironmentVariablesProvider().mapKeys { key in
                AbsoluteConfigKey(["butik"] + key.components, context: key.context)
            }
        ]
        try checkEnvironment()
        var said: [String] = []
        if let file = options.config {
            said = try checkedKeys(of: file)
            providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(file)))
        }
        let reader = ConfigReader(providers: providers)
        func text(_ key: String) -> String? {
            reader.string(forKey: ConfigKey([key])).flatMap { $0.isEmpty ? nil : $0 }
        }
        for key in said where reader.string(forKey: ConfigKey([key])) == nil {
            throw Fault(description: "\(key) of the file must be a text: several are written with commas, in quotes")
        }
        for (key, reason) in idle.sorted(by: { $0.key < $1.key }) where text(key) != nil {
            throw Fault(description: "\(key) has no effect: \(reason); leave it out")
        }
        let host = host ?? text("host") ?? "127.0.0.1"
        // Read in any case: a value that cannot be meant is refused even where a flag beats it.
        let configuredPort = try number(text("port"), "port")
        let port = port ?? configuredPort ?? 8080
        return Settings(
            databaseURL: options.databaseURL ?? text("database_url") ?? "sqlite:\(options.data)/butik.db",
            data: options.data, host: host, port: port, publicURL: text("public_url") ?? "http://\(host):\(port)",
            rateLimit: try choice(text("rate_limit"), "rate_limit", ["on": true, "off": false]) ?? true,
            servesUnregisteredClients: try choice(
                text("oauth_unregistered"), "oauth_unregistered", ["on": true, "off": false]) ?? true,
            logLevel: try choice(
                text("log_level"), "log_level",
                Dictionary(uniqueKeysWithValues: Logger.Level.allCases.map { ($0.rawValue, $0) })) ?? .info,
            logFormat: try choice(
                text("log_format"), "log_format",
                Dictionary(uniqueKeysWithValues: LogFormat.allCases.map { ($0.rawValue, $0) })) ?? .json,
            trustedProxies: try (text("trusted_proxies") ?? "").split(separator: ",").map { word in
                guard let range = AddressRange(word.filter { $0 != " " }) else {
                    throw Fault(description: "trusted_proxies: \(word) is no network such as 10.0.0.0/8")
                }
                return range
            }, mediaDir: text("media_dir") ?? options.data + "/media",
            outbound: try outbound(text("outbound_allow") ?? ""),
            masterKey: try masterKey(text("master_key"), file: text("master_key_file"), data: options.data),
            mail: try MailSettings(text))
    }

    private static func masterKey(_ text: String?, file: String?, data: String) throws -> KeySource {
        switch (text, file) {
        case (nil, nil): return .made(data + "/master.key")
        case (let text?, nil): return try KeySource(text: text)
        case (nil, let file?): return .file(file)
        case (_?, _?):
            throw Fault(description: "master_key and master_key_file both say where the master key is; leave one out")
        }
    }

    private static func outbound(_ list: String) throws -> OutboundPolicy {
        guard let policy = OutboundPolicy(list) else {
            throw Fault(description: "outbound_allow: \(list) must be a list of host:port, such as 127.0.0.1:9001")
        }
        return policy
    }

    private static func checkEnvironment() throws {
        for name in ProcessInfo.processInfo.environment.keys.sorted() where name.hasPrefix(prefix) {
            let key = name.dropFirst(prefix.count).lowercased()
            if !keys.contains(key), !scripts.contains(name) {
                throw Fault(description: "\(name) is no setting; there are \(known(prefix))")
            }
        }
    }

    /// The keys of a file that say anything.
    private static func checkedKeys(of path: String) throws -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Fault(description: "\(path) cannot be read")
        }
        guard let tree = try? Yams.load(yaml: String(decoding: data, as: UTF8.self)) as? [String: Any] else {
            throw Fault(description: "\(path) must be a YAML mapping of settings, such as port: 8080")
        }
        if tree["master_key"] != nil { try KeySource.refuseReadableByOthers(path) }
        if let unknown = tree.keys.sorted().first(where: { !keys.contains($0) }) {
            throw Fault(description: "\(path): \(unknown) is no setting; there are \(known(""))")
        }
        return tree.filter { !($0.value is NSNull) }.keys.sorted()
    }

    private static func known(_ prefix: String) -> String {
        keys.sorted().map { prefix.isEmpty ? $0 : prefix + $0.uppercased() }.joined(separator: ", ")
    }

    private static func number(_ text: String?, _ key: String) throws -> Int? {
        guard let text else { return nil }
        guard let number = Int(text), (0...65_535).contains(number) else {
            throw Fault(description: "\(key): \(text) must be a number from 0 to 65535")
        }
        return number
    }

    private static func choice<Value>(_ text: String?, _ key: String, _ values: [String: Value]) throws -> Value? {
        guard let text else { return nil }
        guard let value = values[text.lowercased()] else {
            throw Fault(description: "\(key): \(text) must be one of \(values.keys.sorted().joined(separator: ", "))")
        }
        return value
    }
}
