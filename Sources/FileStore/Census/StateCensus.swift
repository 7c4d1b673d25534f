package import GrantCore

/// How many tokens and clients a state directory holds at a moment.
package struct StateCensus: Sendable, Equatable {
    /// The moment.
    package let takenAt: Timestamp
    /// Active tokens by when their windows end, the soonest first; windows without any are left out.
    package fileprivate(set) var tokens: [Expiry] = []
    /// Clients that get tokens.
    package fileprivate(set) var activeClients = 0
    /// Clients that are disabled.
    package fileprivate(set) var disabledClients = 0
    /// Clients whose files cannot be used.
    package fileprivate(set) var unusableClients = 0

    /// Active tokens of a window.
    package struct Expiry: Sendable, Equatable {
        /// When the last of them expires, at the latest.
        package let end: Timestamp
        /// How many there are.
        package let count: Int
    }

    /// Active tokens of all windows.
    package var activeTokens: Int { tokens.reduce(0) { $0 + $1.count } }
}

/// Takes a census, a piece at a time: it looks at every file.
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

    /// Goes on for about so long.
    ///
    /// - Returns: the census if it is taken; nil if there is more to do.
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
        // What expires within a second has as good as expired, as the token of a health check has.
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
