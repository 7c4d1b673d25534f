import Glibc
import Testing

@testable import Pool

@Suite("The end of a process")
struct ProcessEndTests {
    @Test(
        arguments: [
            (0x0000, ProcessEnd.exit(0), "exit status 0"), (0x4A00, .exit(74), "exit status 74"),
            (0x0009, .signal(SIGKILL), "signal SIGKILL"), (0x008B, .signal(SIGSEGV), "signal SIGSEGV"),
            (0x0028, .signal(40), "signal 40"),
        ] as [(Int32, ProcessEnd, String)]
    )
    func `It is what wait(2) says`(_ status: Int32, _ end: ProcessEnd, _ text: String) {
        #expect(ProcessEnd(waitStatus: status) == end)
        #expect(end.description == text)
    }
}
