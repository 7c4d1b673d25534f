package import GrantCore

/// What a call did to the files of a simulated machine, in the order in which it was done.
package enum DiskOperation: Sendable {
    /// A node came to be, without a name yet.
    case make(Node)
    /// Names of a directory changed, all at once: a file made, renamed or unlinked.
    case change(directory: Int, [EntryChange])
    /// Bytes were written.
    case write(node: Int, offset: Int, [UInt8])
    /// A file was cut to this size.
    case truncate(node: Int, size: Int)
    /// It was given to somebody.
    case changeOwner(node: Int, owner: UInt32)
    /// A sync returned: of the content alone (`fdatasync`), or of everything (`fsync`).
    case sync(node: Int, isWhole: Bool)
    /// A sync failed: what was to be written may be lost, and no later sync tries again.
    case failedSync(node: Int)
    /// Nothing was done for so long.
    case pass(seconds: Int64)
}

extension DiskOperation: CustomStringConvertible {
    package var description: String {
        switch self {
        case .make(let node): node.isDirectory ? "make a directory" : "make a file"
        case .change(let directory, let changes):
            "in \(directory): "
                + changes.map { "\($0.name) \($0.node.map { "is \($0)" } ?? "goes")" }.joined(separator: ", ")
        case .write(let node, let offset, let bytes): "write \(bytes.count) bytes to \(node) at \(offset)"
        case .truncate(let node, let size): "cut \(node) to \(size)"
        case .changeOwner(let node, let owner): "give \(node) to \(owner)"
        case .sync(let node, let isWhole): "\(isWhole ? "fsync" : "fdatasync") \(node)"
        case .failedSync(let node): "sync of \(node) fails"
        case .pass(let seconds): "\(seconds) s pass"
        }
    }
}

/// An operation, when it was done, and by which process.
package struct LoggedOperation: Sendable {
    package let operation: DiskOperation
    package let time: Timestamp
    package let process: Int
}
