import FileStore
import GrantCore
import Synchronization
import SystemPackage

/// A file system of one process's memory: one directory, files in it, no permissions and no failures but missing names.
final class MemoryFileSystem: FileSystem {
    private let state: Mutex<State>

    fileprivate struct State {
        var nodes: [Node] = [Node(isDirectory: true)]
        var open: [Int32: Int] = [:]
        var next: Int32 = 100
    }

    fileprivate struct Node {
        var isDirectory = false
        var names: [String: Int] = [:]
        var links: UInt64 = 1
        var bytes: [UInt8] = []
    }

    init() { state = Mutex(State()) }

    /// Another with the same files, of which none is open.
    init(copyOf other: MemoryFileSystem) {
        var copy = other.state.withLock { $0 }
        copy.open = [:]
        state = Mutex(copy)
    }

    /// The content of `directory/name`; nil if there is none.
    subscript(directory: String, name: String) -> [UInt8]? {
        get {
            state.withLock { state in
                let parent = directory.isEmpty ? 0 : state.nodes[0].names[directory]
                return parent.flatMap { state.nodes[$0].names[name] }.map { state.nodes[$0].bytes }
            }
        }
        set {
            state.withLock { state in
                let parent = directory.isEmpty ? 0 : state.child(directory, of: 0, isDirectory: true)
                let node = state.child(name, of: parent, isDirectory: false)
                state.nodes[node].bytes = newValue ?? []
            }
        }
    }

    func open(_ name: String, in parent: Int32?, for use: FileUse) throws(FileStoreError) -> Int32 {
        let descriptor: Int32? = state.withLock { state in
            // The state directory is the root, which is its own parent.
            var node = parent == nil || name == ".." ? 0 : state.nodes[state[parent]].names[name]
            switch use {
            case .reading, .updating, .directory: break
            case .updatingOrCreating: node = state.child(name, of: state[parent], isDirectory: false)
            case .creating:
                precondition(node == nil, "a file that is made anew has no predecessor")
                node = state.child(name, of: state[parent], isDirectory: false)
            case .appending: fatalError("nothing that is fuzzed appends")
            }
            guard let node else { return nil }
            state.next += 1
            state.open[state.next] = node
            return state.next
        }
        guard let descriptor else { throw FileStoreError("openat", on: name, .noSuchFileOrDirectory) }
        return descriptor
    }

    func close(_ descriptor: Int32) {
        state.withLock { $0.open[descriptor] = nil }
    }

    func makeDirectory(_ name: String, in parent: Int32?) throws(FileStoreError) -> Bool {
        guard let parent else { return false }
        return state.withLock { state in
            if state.nodes[state[parent]].names[name] != nil { return false }
            _ = state.child(name, of: state[parent], isDirectory: true)
            return true
        }
    }

    func status(of descriptor: Int32) throws(FileStoreError) -> FileStatus {
        state.withLock { $0.status(of: $0[descriptor]) }
    }

    func linkCount(of descriptor: Int32) throws(FileStoreError) -> Int {
        state.withLock { Int($0.nodes[$0[descriptor]].links) }
    }

    func status(of name: String, in parent: Int32) throws(FileStoreError) -> FileStatus? {
        state.withLock { state in state.nodes[state[parent]].names[name].map { state.status(of: $0) } }
    }

    func status(atPath path: String) throws(FileStoreError) -> FileStatus? {
        state.withLock { $0.status(of: 0) }
    }

    func read(_ count: Int, at offset: Int64, from descriptor: Int32) throws(FileStoreError) -> [UInt8] {
        state.withLock { Array($0.nodes[$0[descriptor]].bytes.dropFirst(Int(offset)).prefix(count)) }
    }

    func write(_ bytes: ArraySlice<UInt8>, at offset: Int64, to descriptor: Int32) throws(FileStoreError) -> Int {
        state.withLock { state in
            let node = state[descriptor]
            let start = Int(offset)
            let missing = max(0, start + bytes.count - state.nodes[node].bytes.count)
            state.nodes[node].bytes += [UInt8](repeating: 0, count: missing)
            state.nodes[node].bytes.replaceSubrange(start..<start + bytes.count, with: bytes)
        }
        return bytes.count
    }

    func rename(_ name: String, to newName: String, in parent: Int32) throws(FileStoreError) {
        state.withLock { state in
            let directory = state[parent]
            state.nodes[directory].names[newName] = state.nodes[directory].names.removeValue(forKey: name)
        }
    }

    func unlink(_ name: String, in parent: Int32) throws(FileStoreError) -> Bool {
        state.withLock { state in
            guard let node = state.nodes[state[parent]].names.removeValue(forKey: name) else { return false }
            state.nodes[node].links = 0
            return true
        }
    }

    func names(in directory: Int32) throws(FileStoreError) -> [String] {
        state.withLock { Array($0.nodes[$0[directory]].names.keys) }
    }

    func syncData(_ descriptor: Int32) throws(FileStoreError) {}
    func sync(_ descriptor: Int32) throws(FileStoreError) {}
    func lock(_ descriptor: Int32) throws(FileStoreError) {}
    func unlock(_ descriptor: Int32) {}
    func changeOwner(of descriptor: Int32, to owner: UInt32, group: UInt32) throws(FileStoreError) {}
    var effectiveUser: UInt32 { 0 }
    var now: Timestamp { Timestamp(seconds: 0) }

    var sinceBoot: Int64 { 0 }
}

extension MemoryFileSystem.State {
    /// What a descriptor stands for; without one, the state directory.
    fileprivate subscript(descriptor: Int32?) -> Int {
        guard let descriptor else { return 0 }
        guard let node = open[descriptor] else { fatalError("descriptor \(descriptor) is not open") }
        return node
    }

    /// What has this name, made if it is missing.
    fileprivate mutating func child(_ name: String, of parent: Int, isDirectory: Bool) -> Int {
        if let node = nodes[parent].names[name] { return node }
        nodes.append(MemoryFileSystem.Node(isDirectory: isDirectory))
        nodes[parent].names[name] = nodes.count - 1
        return nodes.count - 1
    }

    fileprivate func status(of node: Int) -> FileStatus {
        FileStatus(
            device: 1,
            inode: UInt64(node),
            mode: nodes[node].isDirectory ? 0o040700 : 0o100600,
            owner: 0,
            group: 0,
            links: nodes[node].links,
            size: Int64(nodes[node].bytes.count),
            modifiedAt: 0,
            changedAt: 0
        )
    }
}
