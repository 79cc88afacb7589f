import ArgumentParser
import Foundation
import Resources
import Server

/// `butik openapi`
struct OpenAPICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi", abstract: "Prints the OpenAPI 3.1 document.")

    @OptionGroup var options: CommonOptions

    func run() async throws {
        let settings = try await Settings.load(options)
        FileHandle.standardOutput.write(Data(ButikServer.documented(settings.publicURL).bytes + [10]))
    }
}
