import Glibc
import Linux
import Testing

@testable import Pool

@Suite("The path of this program")
struct ProgramPathTests {
    private let own = ProgramPath.current(candidates: [])

    @Test func `Without a better one it is what the kernel says`() {
        #expect(own.hasPrefix("/") && own != "/proc/self/exe")
        #expect(FileIdentity(of: own) == FileIdentity(of: "/proc/self/exe"))
    }

    @Test func `The first path that leads to the running program counts, and links stay in it`() {
        let link = "/proc/self/exe"
        #expect(ProgramPath.current(candidates: ["/bin/sh", link, own]) == link)
        #expect(ProgramPath.current(candidates: ["/nowhere", "grantd"]) == own)
    }

    @Test func `A relative path begins at the working directory`() throws {
        let slash = try #require(own.lastIndex(of: "/"))
        let (directory, name) = (String(own[..<slash]), String(own[own.index(after: slash)...]))
        #expect(ProgramPath.current(candidates: ["./\(name)"], directory: directory) == "\(directory)/./\(name)")
        #expect(ProgramPath.current(candidates: [name], directory: nil) == own)
    }
}
