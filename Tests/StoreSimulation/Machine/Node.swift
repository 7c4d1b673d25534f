/// A file or a directory of a simulated machine.
package struct Node: Sendable, Hashable {
    /// Whose it is; its mode is always 0600 or 0700.
    package var owner: UInt32
    /// Whether it holds names, or bytes.
    package let isDirectory: Bool
    /// The directory that it was made in; the root's is the root.
    package let parent: Int
    /// What is in a file.
    package var bytes: [UInt8] = []
    /// What is in a directory: the number of each name's node.
    package var entries: [String: Int] = [:]

    package init(owner: UInt32, isDirectory: Bool, parent: Int) {
        self.owner = owner
        self.isDirectory = isDirectory
        self.parent = parent
    }

    /// Puts bytes at an offset; what lies between the end and them is zero.
    package mutating func write(_ content: some Collection<UInt8>, at offset: Int) {
        resize(to: max(bytes.count, offset + content.count))
        bytes.replaceSubrange(offset..<offset + content.count, with: content)
    }

    /// Cuts a file, or makes it longer by zeros.
    package mutating func resize(to size: Int) {
        if size < bytes.count { bytes.removeLast(bytes.count - size) }
        if size > bytes.count { bytes += [UInt8](repeating: 0, count: size - bytes.count) }
    }

    /// Sets names to other nodes, or takes them away, all at once.
    package mutating func apply(_ changes: [EntryChange]) {
        for change in changes { entries[change.name] = change.node }
    }
}

/// What a name of a directory stands for from now on; no node if it is taken away.
package struct EntryChange: Sendable, Hashable {
    package let name: String
    package let node: Int?

    package init(_ name: String, _ node: Int?) {
        self.name = name
        self.node = node
    }
}
