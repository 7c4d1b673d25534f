import CLibFuzzer
import Glibc

/// Fuzzes one target, as libFuzzer's arguments say. Tests/Fuzzing/run runs it.
@main
enum Fuzz {
    /// The targets by the names that Tests/Fuzzing/run takes.
    private static let targets: [String: @Sendable ([UInt8]) -> Void] = [
        "basic": basic,
        "form": form,
        "json": json,
        "scope": scopes,
        "token": token,
        "client": client,
        "slots": slots,
        "grants": grants,
        "guesses": guesses,
        "hash": hash,
        "audit": audit,
        "endpoints": endpoints,
        "answer": answer,
        "records": records,
        "replies": replies,
        "socket": peer,
        "nginx": nginx,
        "jose": jose,
    ]

    /// The target that this process runs, by the environment's `FUZZ_TARGET`.
    private static let target: @Sendable ([UInt8]) -> Void = {
        // Sound: the environment does not change while it is read.
        let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
        guard let target = targets[name] else { fatalError("FUZZ_TARGET is one of \(targets.keys.sorted())") }
        return target
    }()

    static func main() {
        var count = CommandLine.argc
        var arguments = unsafe CommandLine.unsafeArgv
        // Sound: the arguments are the process's own, and libFuzzer's bytes live through each call, which copies them.
        let status = unsafe withUnsafeMutablePointer(to: &arguments) { arguments in
            unsafe arguments.withMemoryRebound(to: ArgumentPointer?.self, capacity: 1) {
                unsafe LLVMFuzzerRunDriver(&count, $0) { data, count in
                    Self.target(unsafe Array(UnsafeBufferPointer(start: data, count: count)))
                    return 0
                }
            }
        }
        exit(status)
    }

    /// C's `char **`, as it is imported.
    private typealias ArgumentPointer = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
}
