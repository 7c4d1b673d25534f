import FileStore
import Synchronization
import SystemPackage

/// What every call of a simulated process goes through.
extension SimulatedProcess {
    /// Counts a call and lets happen what is to happen before it.
    ///
    /// - Returns: whether it is to do only half.
    func begin(_ call: CallName, _ name: String = "") throws(FileStoreError) -> Bool {
        let (number, beforeCall) = content.withLock { content in
            content.calls.append(call)
            return (content.calls.count - 1, content.isDead ? nil : content.beforeCall)
        }
        // Without the lock: other processes may run here.
        switch beforeCall?(number, call) {
        case .failure(let errno)?: throw FileStoreError(call.rawValue, on: name, errno)
        case .kill?: kill()
        case .short?: return true
        case nil: break
        }
        if isDead { throw FileStoreError(call.rawValue, on: name, .interrupted) }
        return false
    }

    func perform<Result: Sendable>(
        _ body: (inout SimulatedMachine.Content) throws(FileStoreError) -> Result
    ) throws(FileStoreError) -> Result {
        var result: Swift.Result<Result, FileStoreError>?
        machine.content.withLock { machine in
            do throws(FileStoreError) {
                result = .success(try body(&machine))
            } catch {
                result = .failure(error)
            }
        }
        guard let result else { fatalError("the body has run") }
        return try result.get()
    }

    func node(of descriptor: Int32) throws(FileStoreError) -> Int {
        guard let node = content.withLock({ $0.descriptors[descriptor]?.node }) else {
            throw FileStoreError("close", .badFileDescriptor)
        }
        return node
    }

    func find(
        _ name: String,
        in directory: Int,
        for use: FileUse,
        _ machine: inout SimulatedMachine.Content
    ) throws(FileStoreError) -> Int {
        if name == "." { return directory }
        if name == ".." { return machine.nodes[directory].parent }
        let name = Self.component(name)
        if name.isEmpty { return 0 }
        if let node = machine.nodes[directory].entries[name] {
            if use == .creating { throw FileStoreError("openat", on: name, .fileExists) }
            return node
        }
        guard use == .updatingOrCreating || use == .creating || use == .appending else {
            throw FileStoreError("openat", on: name, .noSuchFileOrDirectory)
        }
        return make(name, in: directory, isDirectory: false, &machine)
    }

    func make(
        _ name: String,
        in directory: Int,
        isDirectory: Bool,
        _ machine: inout SimulatedMachine.Content
    ) -> Int {
        let node = machine.nodes.count
        machine.perform(.make(Node(owner: effectiveUser, isDirectory: isDirectory, parent: directory)), by: number)
        machine.perform(.change(directory: directory, [EntryChange(name, node)]), by: number)
        return node
    }

    /// A path of the administrator's names something in the root.
    static func component(_ name: String) -> String {
        name.hasPrefix("/") ? String(name.dropFirst()) : name
    }
}
