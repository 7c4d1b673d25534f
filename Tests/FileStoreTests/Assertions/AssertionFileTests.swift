import Foundation
import GrantCore
import Testing

@testable import FileStore

@Suite("A file of used assertions is a table of tables, and what is damaged in it is no free place")
struct AssertionFileTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let end = now.adding(seconds: 300)
    private let state: TemporaryState

    init() throws {
        state = try TemporaryState()
    }

    private static func name(_ number: Int) throws -> AssertionName {
        AssertionName(client: try #require(ClientID("client")), jti: "\(number)")
    }

    private func store(
        bucketCount: Int64 = 1,
        _ reports: @escaping (StoreReport) -> Void = { _ in }
    ) throws -> FileUsedAssertions {
        try FileUsedAssertions(in: state.open(), durability: .process, bucketCount: bucketCount, report: reports)
    }

    private func use(_ number: Int, by store: FileUsedAssertions? = nil) throws -> Bool {
        try (store ?? self.store()).use(Self.name(number), until: Self.end, at: Self.now)
    }

    private var path: String {
        get throws { "assertions/" + (try #require(try state.names(in: "assertions").first { $0.hasSuffix(".used") })) }
    }

    /// Changes the file's bytes.
    private func change(_ body: (inout [UInt8]) -> Void) throws {
        var bytes = try state.read(try path)
        body(&bytes)
        try state.write(bytes, to: try path)
    }

    @Test
    func `the first use makes the file, its header and one slot of the first table`() throws {
        #expect(try use(1))
        let bytes = try state.read(try path)
        #expect(bytes.prefix(64).elementsEqual(FileHeader.assertions.bytes))
        let name = try Self.name(1)
        #expect(bytes[512..<544].elementsEqual(AssertionSlot.bytes(of: name)))
        #expect(bytes.count == 544)
        #expect(bytes[513..<539].elementsEqual(name.digest.prefix(26)))
        #expect(bytes[512] == 0xA5 && bytes[543] == 0xA5)
    }

    @Test
    func `a name's bucket is told by the last bytes of its digest`() throws {
        #expect(try use(1, by: store(bucketCount: 512)))
        let bucket = Int(try Self.name(1).digest[24]) | Int(try Self.name(1).digest[25]) << 8 & 0x1FF
        #expect(try state.read(try path).count == (1 + bucket) * 512 + 32)
    }

    @Test
    func `what a full bucket has no room for goes to the next table, four times as large, and so on`() throws {
        let store = try store()
        for number in 0..<16 { #expect(try use(number, by: store)) }
        #expect(try state.read(try path).count == 1024)
        // The second table has room for 64, the third for 256; a bucket may be full earlier.
        for (number, size) in [(16, 1 + 1 + 4), (200, 1 + 1 + 4 + 16)] {
            for next in (number == 16 ? 16..<17 : 17..<201) { #expect(try use(next, by: store)) }
            let sectors = try state.read(try path).count / 512
            #expect(sectors < size + 1 && sectors > size / 4)
        }
        for number in 0..<201 { #expect(try !use(number)) }
    }

    @Test
    func `a free slot before a later name does not hide it`() throws {
        let store = try store()
        for number in 0..<40 { #expect(try use(number, by: store)) }
        // As a power cut leaves it that takes two slots of the first table, of uses that were not answered.
        try change { bytes in
            for slot in [0, 7] {
                bytes.replaceSubrange((512 + slot * 32)..<(544 + slot * 32), with: [UInt8](repeating: 0, count: 32))
            }
        }
        for number in 0..<40 where number != 0 && number != 7 { #expect(try !use(number)) }
        // They are the next to be filled.
        #expect(try use(100))
        #expect(try state.read(try path)[512..<544].elementsEqual(AssertionSlot.bytes(of: Self.name(100))))
        #expect(try use(101))
        #expect(try state.read(try path)[736..<768].elementsEqual(AssertionSlot.bytes(of: Self.name(101))))
    }

    @Test(arguments: 0...32, 0...32)
    func `a slot of which a crash left a part was not answered, and is left alone`(_ start: Int, _ end: Int) throws {
        guard start < end, end - start < 32 else { return }
        let whole = AssertionSlot.bytes(of: try Self.name(1))
        var torn = [UInt8](repeating: 0, count: 32)
        torn.replaceSubrange(start..<end, with: whole[start..<end])
        let isEmpty = torn.allSatisfy { $0 == 0 }
        let content = AssertionSlot.content(of: torn[...])
        if isEmpty { #expect(content == .empty) } else { #expect(content == .torn) }
    }

    @Test
    func `beside a torn slot names are used and refused`() throws {
        let store = try store()
        for number in 0..<3 { #expect(try use(number, by: store)) }
        try change { bytes in bytes.replaceSubrange(560..<576, with: [UInt8](repeating: 0, count: 16)) }
        #expect(try use(1), "its use was not answered")
        for number in 0..<3 { #expect(try !use(number)) }
    }

    @Test
    func `a name that may stand in a damaged slot is neither used nor unused`() throws {
        let store = try store()
        for number in 0..<3 { #expect(try use(number, by: store)) }
        let whole = try state.read(try path)
        for bit in 0..<256 {
            try change { bytes in
                bytes = whole
                bytes[544 + bit / 8] ^= 1 << UInt8(bit % 8)
            }
            for number in [1, 50] {
                #expect(throws: StorageError.self, "bit \(bit)") { try use(number) }
                #expect(throws: StorageError.self, "bit \(bit)") { try use(number, by: store) }
            }
        }
        try change { $0 = whole }
        for number in 0..<3 { #expect(try !use(number)) }
    }

    @Test(arguments: ["windows", ".used"])
    func `a file of another version or kind is refused in words, and one that a crash left without header is not`(
        _ kind: String
    ) throws {
        #expect(try use(1))
        let name = kind == "windows" ? "assertions/windows" : try path
        let whole = try state.read(name)
        for offset in [0, 16] {
            var other = whole
            other[offset] += 1
            try state.write(other, to: name)
            #expect { try use(2) } throws: { error in
                if case StorageError.unknownFormat = error { true } else { false }
            }
        }
        for length in [0, 1, 12, 16, 17, 63] {
            try state.write(
                whole.prefix(length) + [UInt8](repeating: 0, count: 64 - length) + whole.dropFirst(64),
                to: name
            )
            #expect(try !use(1))
            #expect(try state.read(name) == whole)
        }
    }

    @Test
    func `what processes tell each other may be lost in a crash`() throws {
        let store = try store()
        #expect(try use(1, by: store))
        for bytes: [UInt8] in [[], [1, 2, 3], [UInt8](repeating: 7, count: 20)] {
            try state.write(FileHeader.assertionWindows.bytes + bytes, to: "assertions/windows")
            #expect(try !use(1))
        }
    }
}
