import GrantCore

/// The first 64 bytes of a file of the store's: which kind it is, and of which version.
struct FileHeader {
    /// Bytes in a file.
    static let size = 64

    /// The header of a file of slots.
    static let slots = FileHeader(magic: "grantd slots\n")
    /// The header of a file of grants.
    static let grants = FileHeader(magic: "grantd grants\n")
    /// The header of a file of used assertions.
    static let assertions = FileHeader(magic: "grantd used\n")
    /// The header of the file that tells of those files.
    static let assertionWindows = FileHeader(magic: "grantd windows\n")

    private static let version: UInt32 = 1
    private static let versionOffset = 16

    private let magic: [UInt8]

    private init(magic: StaticString) {
        self.magic = Array(magic.description.utf8)
    }

    /// The header as it is written: the magic, padded to 16 bytes, the version, and zeros.
    var bytes: [UInt8] {
        var bytes = magic + [UInt8](repeating: 0, count: Self.versionOffset - magic.count)
        bytes.append(littleEndian: Self.version)
        return bytes + [UInt8](repeating: 0, count: Self.size - bytes.count)
    }

    /// Whether it stands at the start of a file. It does not if the file is new, nor if a power cut took what was
    /// written of it, or a part: what it should say is certain then, and it can be written again.
    ///
    /// - Throws: if the file is of another kind or version; what is not known is never guessed at.
    func isWhole(in file: borrowing OpenFile, named name: String) throws(FileStoreError) -> Bool {
        let found = try file.read(Self.size, at: 0)
        if found == bytes { return true }
        let isTorn = zip(found, bytes).allSatisfy { $0 == 0 || $0 == $1 }
        if isTorn || found.count < Self.size { return false }
        guard found.starts(with: magic) else {
            throw .unknownFormat("\(name) does not start with grantd's header")
        }
        let version = found[...].littleEndian(at: Self.versionOffset, as: UInt32.self)
        guard version == Self.version else {
            throw .unknownFormat("\(name) is of format \(version); this grantd knows format \(Self.version) alone")
        }
        return true
    }
}
