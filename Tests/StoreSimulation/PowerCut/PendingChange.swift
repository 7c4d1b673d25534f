/// What a disk writes whole.
enum Sector {
    /// Bytes.
    static let size = 512
}

/// A change that a process sees and of which nothing says yet that it is on the disk.
struct PendingChange: Sendable, Hashable {
    enum Effect: Sendable, Hashable {
        /// Names of a directory, all at once.
        case entries([EntryChange])
        /// Bytes within one sector; they do not make a file longer by themselves.
        case bytes(offset: Int, [UInt8])
        /// A file's size: what is not written below it is zero.
        case size(Int)
        /// Whose it is.
        case owner(UInt32)
    }

    let node: Int
    let effect: Effect
    /// Whether a sync that should have written it failed: the next one takes it for written.
    var isDropped = false

    /// The sector that bytes lie in; nil for anything else.
    var sector: Int? {
        if case .bytes(let offset, _) = effect { offset / Sector.size } else { nil }
    }
}

extension PendingChange: CustomStringConvertible {
    var description: String {
        let what =
            switch effect {
            case .entries(let changes): changes.map { "\($0.name) → \($0.node.map(String.init) ?? "∅")" }.description
            case .bytes(let offset, let bytes): "bytes \(offset)..<\(offset + bytes.count)"
            case .size(let size): "size \(size)"
            case .owner(let owner): "owner \(owner)"
            }
        return "\(node): \(what)\(isDropped ? " (its sync failed)" : "")"
    }
}
