import ArgumentParser
import Configuration
import SystemPackage
import Yams

/// The options every command takes.
struct CommonOptions: ParsableArguments {
    @Option(help: "The data folder.")
    var data = "butik-data"

    @Option(name: .customLong("database-url"), help: "sqlite:PATH or postgres://user:pass@host:port/db")
    var databaseURL: String?

    @Option(help: "A YAML file of settings.")
    var config: String?
}
