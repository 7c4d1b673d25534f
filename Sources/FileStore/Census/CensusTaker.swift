package import GrantCore

/// Takes a census of a state directory in pieces, since it looks at every file.
///
/// Sound without a lock: pieces follow each other, each in one thread, and the result is taken after the last.
package final class CensusTaker: @unchecked Sendable {
    private let directory: String
    private var census: StateCensus
    private var state: StateDirectory?
    private var windows: [Window] = []
    private var ids: [ClientID] = []
    /// How long it has worked.
    package private(set) var work: Duration = .zero

    /// A census of a state directory at a moment.
    package init(of directory: String, at now: Timestamp) {
        self.directory = directory
        census = StateCensus(takenAt: now)
    }

    /// Works for about this long; it stops between two files.
    ///
    /// - Returns: the census, or nil if there is more to count.
    /// - Throws: why the state directory cannot be read.
    package func advance(for duration: Duration) throws -> StateCensus? {
        let began = ContinuousClock.now
        defer { work += .now - began }
        let state = try state ?? begin()
        let tokens = FileTokenStore(in: state, durability: .process)
        let clients = FileClientAdministration(in: state)
        while let window = windows.popLast() {
            try count(window, in: tokens)
            if .now - began > duration { return nil }
        }
        while let id = ids.popLast() {
            count(id, in: clients)
            if .now - began > duration { return nil }
        }
        return census
    }

    private func begin() throws -> StateDirectory {
        let state = try StateDirectory(reading: directory)
        windows = try FileTokenStore(in: state, durability: .process).existingWindows().reversed()
        ids = try FileClientAdministration(in: state).ids()
        self.state = state
        return state
    }

    private func count(_ window: Window, in tokens: FileTokenStore) throws {
        // Tokens that expire within a second are left out: the health check's own token is one of them.
        let statistics = try tokens.statistics(of: window, at: census.takenAt.adding(seconds: 1))
        guard let statistics, statistics.live > 0 else { return }
        census.tokens.append(StateCensus.Expiry(end: statistics.end, count: statistics.live))
    }

    private func count(_ id: ClientID, in clients: FileClientAdministration) {
        do throws(AdministrationError) {
            if try clients.client(id).isActive { census.activeClients += 1 } else { census.disabledClients += 1 }
        } catch .notFound {
            // It was removed meanwhile.
        } catch {
            census.unusableClients += 1
        }
    }
}
