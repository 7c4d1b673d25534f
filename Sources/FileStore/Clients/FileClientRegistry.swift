package import GrantCore
import SystemPackage

/// Clients, one file each in `clients/`. A file that is put there, changed or taken away counts from the next request on,
/// at the cost of one `fstatat(2)` a request.
package final class FileClientRegistry: ClientRegistry {
    /// How many clients are remembered.
    private static let memoryLimit = 4096

    private let state: StateDirectory
    private let report: (StoreReport) -> Void
    private var remembered: [ClientID: Memory] = [:]

    private struct Memory {
        let name: String
        let status: FileStatus
        let client: Client?
        let isSettled: Bool
    }

    /// The registry in a state directory.
    ///
    /// - Parameter report: hears of each file that cannot be used, once.
    package init(in state: StateDirectory, report: @escaping (StoreReport) -> Void = { _ in }) {
        self.state = state
        self.report = report
    }

    package func client(for id: ClientID) throws(StorageError) -> Client? {
        let known = remembered[id]
        guard let name = known?.name ?? ClientFileName.name(for: id) else { return nil }
        do throws(IOFailure) {
            guard let status = try state.clients.status(of: name) else {
                remembered[id] = nil
                try requireDirectory()
                return nil
            }
            if let known, known.isSettled, known.status == status { return known.client }
            return try read(id, from: name, status, isNews: known?.status != status)
        } catch {
            throw error.storageError
        }
    }

    /// Without its directory the registry cannot be read: no client is unknown then.
    private func requireDirectory() throws(IOFailure) {
        guard try state.clients.status().links > 0 else {
            throw IOFailure("fstat", on: "clients", .noSuchFileOrDirectory)
        }
    }

    private func read(
        _ id: ClientID,
        from name: String,
        _ status: FileStatus,
        isNews: Bool
    ) throws(IOFailure) -> Client? {
        let readAt = state.clients.fileSystem.now
        guard let reading = try ClientReading(of: id, in: state.clients, named: name) else { return nil }
        var client: Client?
        switch reading.file {
        case .success(let file): client = file.client
        case .failure(let unusable): if isNews { report(.unusableClient(file: name, reason: unusable.reason)) }
        }
        if remembered.count >= Self.memoryLimit { _ = remembered.remove(at: remembered.startIndex) }
        let status = reading.status ?? status
        remembered[id] = Memory(name: name, status: status, client: client, isSettled: status.isSettled(at: readAt))
        return client
    }
}

extension FileStatus {
    /// Whether any later change would show: within a tick of the kernel's clock a file can change twice and look the same.
    fileprivate func isSettled(at now: Timestamp) -> Bool {
        let tick: Int64 = 50_000
        return now.microseconds - changedAt / 1000 > tick
    }
}
