package import GrantCore
import SystemPackage

/// Clients, one file each in `clients/`. A file that is put there, changed or taken away counts from the next request on,
/// at the cost of one `fstat(2)` a request: whatever is done to a file or its name shows in the open file's status.
package final class FileClientRegistry: ClientRegistry {
    /// How many clients are remembered, and of how many the file is kept open; the others are looked up by name.
    private static let memoryLimit = 4096
    private static let openLimit = 64

    private let state: StateDirectory
    private let report: (StoreReport) -> Void
    private var remembered: [ClientID: RememberedClient] = [:]
    private var openCount = 0

    /// The registry in a state directory.
    ///
    /// - Parameter report: hears of each file that cannot be used, once.
    package init(in state: StateDirectory, report: @escaping (StoreReport) -> Void = { _ in }) {
        self.state = state
        self.report = report
    }

    package func client(for id: ClientID) throws(StorageError) -> Client? {
        do throws(FileStoreError) {
            try state.requireCurrent(.clients, at: state.clients.fileSystem.now)
            let known = remembered[id]
            guard let name = known?.name ?? ClientFileName.name(for: id) else { return nil }
            let now = state.clients.fileSystem.now
            if let known, try known.isUnchanged(at: now) { return known.client }
            guard let status = try state.clients.status(of: name) else {
                forget(id)
                try requireDirectory()
                return nil
            }
            if let known, known.isSettled, known.status == status {
                known.seenByNameAt = now
                return known.client
            }
            return try read(id, from: name, status, isNews: known?.status != status, at: now)
        } catch {
            throw error.storageError
        }
    }

    /// Without its directory the registry cannot be read: no client is unknown then.
    private func requireDirectory() throws(FileStoreError) {
        guard try state.clients.status().links > 0 else {
            throw FileStoreError("fstat", on: "clients", .noSuchFileOrDirectory)
        }
    }

    private func read(
        _ id: ClientID,
        from name: String,
        _ status: FileStatus,
        isNews: Bool,
        at now: Timestamp
    ) throws(FileStoreError) -> Client? {
        guard let reading = try ClientFileReader(of: id, in: state.clients, named: name) else { return nil }
        var client: Client?
        switch reading.file {
        case .success(let file): client = file.client
        case .failure(let unusable): if isNews { report(.unusableClient(file: name, reason: unusable.reason)) }
        }
        forget(id)
        if remembered.count >= Self.memoryLimit, let any = remembered.keys.first { forget(any) }
        let status = reading.status ?? status
        let isKept = openCount < Self.openLimit
        let memory = RememberedClient(client, name: name, status, isKept ? reading.takeFile() : nil, at: now)
        if memory.isOpen { openCount += 1 }
        remembered[id] = memory
        return client
    }

    private func forget(_ id: ClientID) {
        if remembered.removeValue(forKey: id)?.isOpen == true { openCount -= 1 }
    }
}
