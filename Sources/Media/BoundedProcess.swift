import Glibc
import Subprocess

/// A program that reads what strangers sent, run so that it can neither take long nor grow large, nor see our secrets.
struct BoundedProcess {
    /// Where programs are looked for.
    let programs: String

    /// Past these the process is ended, whatever it is doing.
    private static let seconds = 20
    private static let memoryBytes = 1 << 30
    private static let fileBytes = 64 << 20
    /// Who complains at greater length is not listened to.
    private static let complaintBytes = 65_536

    /// How a program that came to its end ended.
    enum Outcome {
        /// Complaints are what it said on the way.
        case done(complaints: String)
        case refused
    }

    /// Why it did not come to its end.
    enum Ended: Error {
        case notFound
        case tooLong
    }

    func run(_ program: String, _ arguments: [String]) async throws -> Outcome {
        let limits = [
            // Answers come before pictures.
            "--kill-after=1", "\(Self.seconds)", "/usr/bin/nice", "-n", "10", "prlimit", "--as=\(Self.memoryBytes)",
            "--cpu=\(Self.seconds)",
            "--fsize=\(Self.fileBytes)", "--core=0", program,
        ]
        // Nothing of our own environment: it may hold passwords. Loaders that are not built for strangers' files stay off,
        // and so does code made at run time, which hardened services forbid.
        let environment: [Environment.Key: String] = [
            "PATH": programs, "VIPS_BLOCK_UNTRUSTED": "1", "VIPS_CONCURRENCY": "1", "VIPS_NOVECTOR": "1",
            "LC_ALL": "C",
        ]
        do {
            let result = try await Subprocess.run(
                .path("/usr/bin/timeout"), arguments: Arguments(limits + arguments), environment: .custom(environment),
                output: .discarded, error: .string(limit: Self.complaintBytes))
            switch result.terminationStatus {
            case .exited(0): return .done(complaints: result.standardError)
            // What `timeout` and `prlimit` say where there is no such program, or it may not be run.
            case .exited(126), .exited(127): throw Ended.notFound
            // `timeout` ended it or had to kill it, or its time on the processor was used up.
            case .exited(124), .exited(137), .signaled(SIGKILL), .signaled(SIGXCPU): throw Ended.tooLong
            default: return .refused
            }
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            return .refused
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw Ended.notFound
        }
    }
}
