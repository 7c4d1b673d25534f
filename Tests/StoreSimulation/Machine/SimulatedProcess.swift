package import FileStore
package import GrantCore
import Synchronization
import SystemPackage

/// A process of a simulated machine, as `FileStore` sees it: its open files, what befalls its calls, and whether it lives.
package final class SimulatedProcess: FileSystem {
    /// A file, and how many of its failed syncs this one knows of.
    struct OpenNode {
        let node: Int
        let isAppending: Bool
        var failedSyncs: Int
    }

    struct Content {
        var descriptors: [Int32: OpenNode] = [:]
        var lastDescriptor: Int32 = 2
        var calls: [CallName] = []
        var isDead = false
        var hasHeardOfFailedSync = false
        var refusedLocks = 0
        var beforeCall: (@Sendable (_ number: Int, CallName) -> Fault?)?
    }

    let machine: SimulatedMachine
    let number: Int
    let content = Mutex(Content())
    package let effectiveUser: UInt32

    init(_ machine: SimulatedMachine, number: Int, user: UInt32) {
        self.machine = machine
        self.number = number
        self.effectiveUser = user
    }

    /// Hears of each call before it is made, counted from 0, and says what becomes of it.
    package func intercept(_ body: (@Sendable (_ number: Int, CallName) -> Fault?)?) {
        content.withLock { $0.beforeCall = body }
    }

    /// The calls that it has made.
    package var calls: [CallName] { content.withLock { $0.calls } }

    /// Whether it was killed: none of its calls does anything from then on.
    package var isDead: Bool { content.withLock { $0.isDead } }

    /// Whether a sync of another process failed on a file that this one has open, and its own said so.
    package var hasHeardOfFailedSync: Bool { content.withLock { $0.hasHeardOfFailedSync } }

    /// How often it did not get a lock that another process had.
    package var refusedLocks: Int { content.withLock { $0.refusedLocks } }

    /// Kills it; its locks are free.
    package func kill() {
        content.withLock { $0.isDead = true }
        machine.content.withLock { content in
            content.locks = content.locks.filter { $0.value.process != number }
        }
    }

    package var now: Timestamp { machine.time }

    package var sinceBoot: Int64 { machine.content.withLock { $0.uptime } * 1_000_000 }

    package func open(_ name: String, in parent: Int32?, for use: FileUse) throws(FileStoreError) -> Int32 {
        _ = try begin(.openat, name)
        let directory = try parent.map { descriptor throws(FileStoreError) in try node(of: descriptor) } ?? 0
        let found = try perform { machine throws(FileStoreError) in
            let found = try self.find(name, in: directory, for: use, &machine)
            let node = machine.nodes[found]
            guard effectiveUser == 0 || node.owner == effectiveUser || found == 0 else {
                throw FileStoreError("openat", on: name, .permissionDenied)
            }
            if use == .directory, !node.isDirectory { throw FileStoreError("openat", on: name, .notDirectory) }
            return found
        }
        let failedSyncs = machine.content.withLock { $0.failedSyncs[found, default: 0] }
        return content.withLock { content in
            content.lastDescriptor += 1
            content.descriptors[content.lastDescriptor] = OpenNode(
                node: found,
                isAppending: use == .appending,
                failedSyncs: failedSyncs
            )
            return content.lastDescriptor
        }
    }

    package func close(_ descriptor: Int32) {
        unlock(descriptor)
        content.withLock { $0.descriptors[descriptor] = nil }
    }

    package func makeDirectory(_ name: String, in parent: Int32?) throws(FileStoreError) -> Bool {
        _ = try begin(.mkdirat, name)
        let directory = try parent.map { descriptor throws(FileStoreError) in try node(of: descriptor) } ?? 0
        return try perform { machine throws(FileStoreError) in
            let name = Self.component(name)
            if machine.nodes[directory].entries[name] != nil { return false }
            _ = self.make(name, in: directory, isDirectory: true, &machine)
            return true
        }
    }

    package func status(of descriptor: Int32) throws(FileStoreError) -> FileStatus {
        _ = try begin(.fstat)
        let node = try node(of: descriptor)
        return machine.content.withLock { $0.status(of: node) }
    }

    package func linkCount(of descriptor: Int32) throws(FileStoreError) -> Int {
        _ = try begin(.statx)
        let node = try node(of: descriptor)
        return machine.content.withLock { Int($0.status(of: node).links) }
    }

    package func status(of name: String, in parent: Int32) throws(FileStoreError) -> FileStatus? {
        _ = try begin(.fstatat, name)
        let directory = try node(of: parent)
        return machine.content.withLock { machine in
            machine.nodes[directory].entries[name].map { machine.status(of: $0) }
        }
    }

    package func status(atPath path: String) throws(FileStoreError) -> FileStatus? {
        _ = try begin(.fstatat, path)
        return machine.content.withLock { $0.status(of: 0) }
    }

    package func read(_ count: Int, at offset: Int64, from descriptor: Int32) throws(FileStoreError) -> [UInt8] {
        let isShort = try begin(.pread)
        let node = try node(of: descriptor)
        return machine.content.withLock { machine in
            let bytes = machine.nodes[node].bytes
            let start = min(Int(offset), bytes.count)
            let wanted = isShort ? max(1, count / 2) : count
            return Array(bytes[start..<min(start + wanted, bytes.count)])
        }
    }

    package func write(_ bytes: ArraySlice<UInt8>, at offset: Int64, to descriptor: Int32) throws(FileStoreError) -> Int
    {
        let isShort = try begin(.pwrite)
        let node = try node(of: descriptor)
        let isAppending = content.withLock { $0.descriptors[descriptor]?.isAppending == true }
        return try perform { machine throws(FileStoreError) in
            let offset = isAppending ? Int64(machine.nodes[node].bytes.count) : offset
            let room = machine.room(in: node, from: Int(offset))
            if room == 0 { throw FileStoreError("pwrite", .noSpace) }
            let count = min(isShort ? max(1, bytes.count / 2) : bytes.count, room)
            machine.perform(.write(node: node, offset: Int(offset), Array(bytes.prefix(count))), by: number)
            return count
        }
    }

    package func syncData(_ descriptor: Int32) throws(FileStoreError) {
        try sync(descriptor, .fdatasync)
    }

    package func sync(_ descriptor: Int32) throws(FileStoreError) {
        try sync(descriptor, .fsync)
    }

    private func sync(_ descriptor: Int32, _ call: CallName) throws(FileStoreError) {
        let node = try node(of: descriptor)
        do throws(FileStoreError) {
            _ = try begin(call)
        } catch {
            if !isDead {
                try perform { machine in
                    machine.perform(.failedSync(node: node), by: number)
                    machine.failedSyncs[node, default: 0] += 1
                }
            }
            throw error
        }
        if isFailureNews(of: node, descriptor) { throw FileStoreError(call.rawValue, .ioError) }
        try perform { machine in machine.perform(.sync(node: node, isWhole: call == .fsync), by: number) }
    }

    /// Whether a sync of the file has failed since this process opened it or was told, as the kernel tells every process
    /// that had the file open, once (errseq_t, `Documentation/core-api/errseq.rst`). Directories lose no names.
    private func isFailureNews(of node: Int, _ descriptor: Int32) -> Bool {
        let (isDirectory, failedSyncs) = machine.content.withLock { machine in
            (machine.nodes[node].isDirectory, machine.failedSyncs[node, default: 0])
        }
        return content.withLock { content in
            guard !isDirectory, let known = content.descriptors[descriptor]?.failedSyncs, known < failedSyncs else {
                return false
            }
            content.descriptors[descriptor]?.failedSyncs = failedSyncs
            content.hasHeardOfFailedSync = true
            return true
        }
    }

    /// Fails where another has the lock: whoever that is would have to run on first.
    package func lock(_ descriptor: Int32) throws(FileStoreError) {
        _ = try begin(.flock)
        let node = try node(of: descriptor)
        let own = SimulatedMachine.OpenFileNumber(process: number, descriptor: descriptor)
        let holder = machine.content.withLock { machine in
            if machine.locks[node] == nil { machine.locks[node] = own }
            return machine.locks[node]
        }
        if holder == own { return }
        content.withLock { $0.refusedLocks += 1 }
        throw FileStoreError("flock", .wouldBlock)
    }

    package func unlock(_ descriptor: Int32) {
        let own = SimulatedMachine.OpenFileNumber(process: number, descriptor: descriptor)
        guard let node = content.withLock({ $0.descriptors[descriptor]?.node }) else { return }
        machine.content.withLock { machine in
            if machine.locks[node] == own { machine.locks[node] = nil }
        }
    }

    package func rename(_ name: String, to newName: String, in parent: Int32) throws(FileStoreError) {
        _ = try begin(.renameat, newName)
        let directory = try node(of: parent)
        try perform { machine throws(FileStoreError) in
            guard let node = machine.nodes[directory].entries[name] else {
                throw FileStoreError("renameat", on: newName, .noSuchFileOrDirectory)
            }
            let changes = [EntryChange(newName, node), EntryChange(name, nil)]
            machine.perform(.change(directory: directory, changes), by: number)
        }
    }

    package func unlink(_ name: String, in parent: Int32) throws(FileStoreError) -> Bool {
        _ = try begin(.unlinkat, name)
        let directory = try node(of: parent)
        return try perform { machine in
            if machine.nodes[directory].entries[name] == nil { return false }
            machine.perform(.change(directory: directory, [EntryChange(name, nil)]), by: number)
            return true
        }
    }

    package func names(in directory: Int32) throws(FileStoreError) -> [String] {
        _ = try begin(.readdir)
        let node = try node(of: directory)
        return machine.content.withLock { $0.nodes[node].entries.keys.sorted() }
    }

    package func changeOwner(of descriptor: Int32, to owner: UInt32, group: UInt32) throws(FileStoreError) {
        _ = try begin(.fchown)
        let node = try node(of: descriptor)
        try perform { machine in machine.perform(.changeOwner(node: node, owner: owner), by: number) }
    }
}
