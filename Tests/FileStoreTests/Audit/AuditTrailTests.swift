import Foundation
import GrantCore
import Testing

@testable import FileStore

@Suite("AuditTrail appends whole lines, or says that it did not")
struct AuditTrailTests {
    private let state: TemporaryState
    private let path: String
    private let event = AuditEvent(.denial, .refused, from: .administration(user: 0), client: ClientID("web-app"))

    init() throws {
        state = try TemporaryState()
        path = "\(state.path)/audit.jsonl"
    }

    private func trail(_ durability: Durability = .process) throws -> AuditTrail {
        AuditTrail(at: path, of: try state.open(), durability: durability)
    }

    private func lines(_ name: String = "audit.jsonl") throws -> [String] {
        let text = String(decoding: try state.read(name), as: UTF8.self)
        #expect(text.isEmpty || text.hasSuffix("\n"))
        return text.split(separator: "\n").map(String.init)
    }

    @Test
    func `the file is made for its owner alone, and each line appended`() throws {
        let trail = try trail(.disk)
        for _ in 0..<3 { try trail.append(event) }
        #expect(try lines().count == 3)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test
    func `one that was renamed is left alone, and one that was truncated is filled from its start`() throws {
        let trail = try trail()
        try trail.append(event)
        try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
        try trail.append(event)
        try trail.append(event)
        #expect(try lines("audit.jsonl.1").count == 1)
        #expect(try lines().count == 2)
        // As logrotate's copytruncate does.
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.truncate(atOffset: 0)
        try trail.append(event)
        #expect(try lines().count == 1)
    }

    @Test
    func `a torn line does not harm the next`() throws {
        try state.write(#"{"time":"2027-01-15T08:0"#.utf8, to: "audit.jsonl")
        try trail().append(event)
        let lines = try lines()
        #expect(lines.count == 2)
        #expect(lines[1].hasPrefix(#"{"time":""#) && lines[1].hasSuffix("}"))
    }

    @Test
    func `lines of many processes do not mix`() async throws {
        let (path, state, event) = (path, state, event)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                // Each opens all anew, as another process would.
                group.addTask {
                    for _ in 0..<50 {
                        guard let opened = try? state.open() else { return }
                        try? AuditTrail(at: path, of: opened, durability: .process).append(event)
                    }
                }
            }
        }
        let lines = try lines()
        #expect(lines.count == 400)
        for line in lines { #expect(line.hasPrefix(#"{"time":""#) && line.hasSuffix("}")) }
    }

    @Test(arguments: ["link", "directory", "open mode", "no directory"])
    func `what cannot be an audit is refused in words`(_ what: String) throws {
        var expected = ""
        switch what {
        case "link":
            try state.write([], to: "elsewhere")
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "\(state.path)/elsewhere")
            expected = "openat audit.jsonl: Too many levels of symbolic links"
        case "directory":
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            expected = "openat audit.jsonl: Is a directory"
        case "open mode":
            try state.write([], to: "audit.jsonl", mode: 0o620)
            expected = "its mode 0620 lets others than its owner write to it"
        default:
            let trail = AuditTrail(at: path + "/x/audit.jsonl", of: try state.open(), durability: .process)
            #expect(throws: StorageError.self) { try trail.append(event) }
            return
        }
        let error = StorageError.unaudited("the audit \(path) cannot be written: \(expected)")
        #expect(throws: error) { try trail().append(event) }
        #expect(throws: error) { try trail().requireWritable() }
    }
}
