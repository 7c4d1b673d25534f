package import GrantCore
package import Synchronization

/// A machine of which only the files are simulated: what its processes see of them, and a log of what was done to them.
package final class SimulatedMachine: Sendable {
    /// Everything about it.
    package struct Content: Sendable {
        /// All files and directories by their numbers; 0 is the root.
        package var nodes: [Node]
        /// What was done since it was started.
        package var log: [LoggedOperation] = []
        /// The wall clock.
        package var time: Timestamp
        /// Seconds since the machine was started.
        package var uptime: Int64 = 0
        /// How many sectors of files there is room for; nil for any number.
        package var capacity: Int?
        /// The open file that holds the lock of a node.
        var locks: [Int: OpenFileNumber] = [:]
        /// How often a sync of a file has failed.
        var failedSyncs: [Int: Int] = [:]
        /// When a node was last changed in any way; what was there from the start was changed long before.
        var changedAt: [Int: Timestamp] = [:]
        var processCount = 0

        /// Does an operation, and writes it down.
        mutating func perform(_ operation: DiskOperation, by process: Int) {
            for node in changedNodes(by: operation) { changedAt[node] = time }
            nodes.apply(operation)
            log.append(LoggedOperation(operation: operation, time: time, process: process))
        }

        /// Whose `st_ctime` an operation sets. Of a file that loses a name, or gets another, it is set as well.
        private func changedNodes(by operation: DiskOperation) -> [Int] {
            switch operation {
            case .make: [nodes.count]
            case .change(let directory, let changes):
                [directory] + changes.flatMap { [$0.node, nodes[directory].entries[$0.name]].compactMap(\.self) }
            case .write(let node, _, _), .truncate(let node, _), .changeOwner(let node, _): [node]
            case .sync, .failedSync, .pass: []
            }
        }

        /// How many names a node has; a directory that is there has one.
        func links(of node: Int) -> Int {
            node == 0 ? 1 : nodes[nodes[node].parent].entries.values.count { $0 == node }
        }
    }

    /// An open file of a process.
    package struct OpenFileNumber: Sendable, Hashable {
        let process: Int
        let descriptor: Int32
    }

    /// What was on its disk when it was started, and when that was.
    package let disk: [Node]
    /// What was on its disk when it was started, and when that was.
    package let startTime: Timestamp
    package let content: Mutex<Content>

    /// A machine with these files on its disk.
    package init(_ nodes: [Node] = [Node(owner: 0, isDirectory: true, parent: 0)], time: Timestamp) {
        disk = nodes
        startTime = time
        content = Mutex(Content(nodes: nodes, time: time))
    }

    /// How many operations were done since it was started.
    package var position: Int { content.withLock { $0.log.count } }

    /// The wall clock.
    package var time: Timestamp { content.withLock { $0.time } }

    /// Lets time pass.
    package func advance(seconds: Int64) {
        content.withLock { content in
            content.time = content.time.adding(seconds: seconds)
            content.uptime += seconds
            content.perform(.pass(seconds: seconds), by: 0)
        }
    }

    /// Puts the wall clock ahead, or back.
    package func setClock(by seconds: Int64) {
        content.withLock { content in
            content.time = content.time.adding(seconds: seconds)
            content.perform(.pass(seconds: seconds), by: 0)
        }
    }

    /// Starts a process that runs as a user.
    package func process(user: UInt32) -> SimulatedProcess {
        let number = content.withLock { content in
            content.processCount += 1
            return content.processCount
        }
        return SimulatedProcess(self, number: number, user: user)
    }
}

extension [Node] {
    /// Does what an operation says, as processes see it at once.
    package mutating func apply(_ operation: DiskOperation) {
        switch operation {
        case .make(let node): append(node)
        case .change(let directory, let changes): self[directory].apply(changes)
        case .write(let node, let offset, let bytes): self[node].write(bytes, at: offset)
        case .truncate(let node, let size): self[node].resize(to: size)
        case .changeOwner(let node, let owner): self[node].owner = owner
        case .sync, .failedSync, .pass: break
        }
    }
}
