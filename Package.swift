// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "butik",
    products: [.executable(name: "butik", targets: ["butik"])],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    ],
    targets: [
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CCurl"),

        .target(name: "Compression", dependencies: ["CZlib"]),
        .target(name: "Basics"),
        .target(name: "Outbound", dependencies: ["Basics"]),
        .target(name: "Templates", dependencies: ["Basics"]),
        .target(name: "Persistence", dependencies: ["Basics"]),
        .target(name: "Transfers", dependencies: ["Basics", "CCurl", "Outbound", "Persistence"]),
        .target(name: "StorageSQLite", dependencies: ["Basics", "Persistence", "CSQLite"]),
        .target(name: "StoragePostgres", dependencies: ["Basics", "Persistence", "CPostgres"]),
        .target(
            name: "Secrets",
            dependencies: ["Basics", "Persistence", .product(name: "Crypto", package: "swift-crypto")]),
        .target(name: "Resources", dependencies: ["Basics", "Persistence", "Secrets"]),
        .target(
            name: "Media",
            dependencies: [
                "Basics", "Resources", "Persistence", "Compression",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ]),
        .target(
            name: "Commerce",
            dependencies: [
                "Basics", "Resources", "Persistence", "Outbound", "Compression", "Secrets", "Templates",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Mustache", package: "swift-mustache"),
            ]),
        .target(name: "Exchange", dependencies: ["Basics", "Commerce", "Outbound", "Persistence", "Resources"]),
        .target(name: "Seeding", dependencies: ["Basics", "Commerce", "Persistence", "Resources", "Secrets"]),
        .target(name: "Areas", dependencies: ["Commerce", "Exchange", "Resources"]),
        .target(
            name: "Console",
            dependencies: [
                "Areas", "Basics", "Commerce", "Persistence", "Resources", "Secrets",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Mustache", package: "swift-mustache"),
            ]),
        .target(
            name: "Server",
            dependencies: [
                "Areas", "Basics", "Commerce", "Console", "Resources", "Persistence", "Compression", "Media",
                "Outbound",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "Jobs",
            dependencies: [
                "Basics", "Commerce", "Resources", "Persistence", "Media", "Outbound", "Secrets", "Transfers",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "ButikFiles", path: ".",
            // Everything beside its own folder and the two it carries.
            exclude: ["README.md", "deploy", "docs", "Tests"]
                + [
                    "Areas", "Basics", "CCurl", "CPostgres", "CSQLite", "CZlib", "Commerce", "Compression", "Console",
                    "Exchange", "Jobs",
                    "Media", "Outbound",
                    "Persistence",
                    "README.md", "Resources", "Secrets", "Seeding", "Server", "StoragePostgres", "StorageSQLite",
                    "Templates",
                    "Transfers", "butik",
                ].map { "Sources/\($0)" },
            sources: ["Sources/ButikFiles"],
            resources: [.copy("Migrations"), .copy("Seeds")]),
        .executableTarget(
            name: "butik",
            dependencies: [
                "Areas", "Basics", "Console", "Server", "Jobs", "Commerce", "Exchange", "Seeding", "Resources",
                "Persistence",
                "Secrets",
                "StorageSQLite", "StoragePostgres",
                "ButikFiles",
                "Compression", "Media", "Outbound", "Transfers",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "Yams", package: "Yams"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ]),

        .target(
            name: "Support",
            dependencies: [
                "Areas", "Basics", "Console", "Server", "Jobs", "Commerce", "Exchange", "Seeding", "Resources",
                "Persistence",
                "Secrets",
                "StorageSQLite", "StoragePostgres",
                "ButikFiles", "Compression", "Media", "Outbound", "Templates", "Transfers",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ], path: "Tests/Support"),
        .testTarget(name: "PersistenceTests", dependencies: ["Support"]),
        .testTarget(name: "SecretsTests", dependencies: ["Support"]),
        .testTarget(name: "TemplatesTests", dependencies: ["Support", "Templates"]),
        .testTarget(name: "ResourcesTests", dependencies: ["Support"]),
        .testTarget(name: "CommerceTests", dependencies: ["Support"]),
        .testTarget(name: "ServerTests", dependencies: ["Support", "Compression"]),
        .testTarget(name: "BinaryTests", dependencies: ["Support", "butik"]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .treatAllWarnings(as: .error),
    ]
}
