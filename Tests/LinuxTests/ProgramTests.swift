import Glibc
import SystemPackage
import Testing

@testable import Linux

@Suite struct ProgramTests {
    private func shell(_ script: String, environment: [String: String]? = nil) -> Program {
        Program("/bin/sh", arguments: ["-c", script], environment: environment)
    }

    @Test func `A program reads its input, and its outputs and its status are kept`() throws {
        let outcome = try shell("cat; echo no >&2; exit 3").run(input: Array("yes".utf8), limit: 100)
        #expect(outcome == Program.Outcome(status: 3, output: Array("yes".utf8), errors: Array("no\n".utf8)))
    }

    @Test func `It is found along PATH, and gets the environment that it is given`() throws {
        let program = Program("sh", arguments: ["-c", "echo $A"], environment: ["A": "b"])
        #expect(try program.run(limit: 100).output == Array("b\n".utf8))
        #expect(throws: Program.Failure.failed(SystemCallFailure("posix_spawn", .noSuchFileOrDirectory))) {
            try Program("no-such-program", arguments: []).run(limit: 100)
        }
    }

    @Test func `One that writes more than the limit is killed`() throws {
        let outcome = try shell("while :; do echo y; done").run(limit: 100)
        #expect(outcome.isCut && outcome.output.count == 100 && outcome.status == 128 + SIGKILL)
        #expect(try shell("printf 1234").run(limit: 4).isCut == false)
    }

    @Test func `One that takes too long is killed`() {
        let start = ContinuousClock.now
        #expect(throws: Program.Failure.tookTooLong) {
            try shell("exec sleep 60").run(limit: 100, within: .milliseconds(50))
        }
        #expect(.now - start < .seconds(30))
    }

    @Test func `One is killed when this process is asked to stop`() throws {
        let pipe = try Pipe()
        let stop = pipe.readingEnd()
        #expect(throws: Program.Failure.stopped) {
            try shell("exec sleep 60").run(limit: 100, within: .seconds(30), stop: stop.number)
        }
    }
}
