/// Who owns a file or directory, and what others may do with it.
package struct Ownership: Equatable, Sendable {
    /// The owner's number.
    package var owner: UInt32
    /// The group's number.
    package var group: UInt32
    /// The permissions, 12 bits (`stat(2)`).
    package var mode: UInt32
    /// Whether it is a directory.
    package var isDirectory: Bool

    /// Describes a file.
    package init(owner: UInt32, group: UInt32, mode: UInt32, isDirectory: Bool = false) {
        self.owner = owner
        self.group = group
        self.mode = mode
        self.isDirectory = isDirectory
    }

    /// Its permissions, as `chmod(1)` writes them.
    var permissions: String {
        let digits = String(mode & 0o7777, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
