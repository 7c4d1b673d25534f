package import Crypto

/// The state's key: 32 random bytes in the file `key`, under which tokens carry where they are kept.
package struct StateKey: CustomStringConvertible, CustomReflectable {
    /// The key itself.
    package let symmetricKey: SymmetricKey

    /// The name of its file.
    static let name = "key"
    private static let byteCount = 32

    /// A key from its bytes, for tests.
    package init(bytes: [UInt8]) {
        symmetricKey = SymmetricKey(data: bytes)
    }

    /// Makes a state's key if there is none yet; to be called under the directory's lock.
    static func make(
        in root: borrowing Directory,
        path: String,
        random: (Int) -> [UInt8]
    ) throws(StateError) {
        try StateError.attempt("\(path)/\(name)") { () throws(FileStoreError) in
            if try root.status(of: name) == nil { try root.publish(random(byteCount), as: name) }
        }
    }

    /// Reads a state's key.
    init(in root: borrowing Directory, path: String) throws(StateError) {
        let keyPath = "\(path)/\(Self.name)"
        let (status, bytes) = try StateError.attempt(keyPath) { () throws(FileStoreError) in
            let file = try OpenFile(Self.name, in: root, for: .reading)
            return (try file.status(), try file.read(Self.byteCount + 1, at: 0))
        }
        try status.requirePrivate(keyPath, user: root.fileSystem.effectiveUser)
        guard bytes.count == Self.byteCount else { throw .damagedKey(path: keyPath) }
        self.init(bytes: bytes)
    }

    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
