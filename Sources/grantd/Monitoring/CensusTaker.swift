import FileStore
import GrantCore
import Monitoring

/// Counts tokens and clients, a piece at a time.
///
/// Sound without a lock: pieces follow each other, each in one thread, and the result is taken after the last.
final class CensusTaker: @unchecked Sendable {
    private let directory: String
    private let now: Timestamp
    private var state: StateDirectory?
    private var windows: [Window] = []
    private var ids: [ClientID] = []
    private var isBegun = false
    private var hasFailed = false
    private var expiries: [StatusDocument.Expiry] = []
    private var clients: StatusDocument.Clients
    /// How long it has worked.
    private(set) var work: Duration = .zero

    /// A census of a state directory at a moment.
    init(_ directory: String, at now: Timestamp) {
        self.directory = directory
        self.now = now
        clients = StatusDocument.Clients(active: 0, disabled: 0, unusable: 0, countedAt: now.seconds)
    }

    /// What was counted; nil if the files could not be read.
    var census: StateCensus.Census? {
        guard !hasFailed else { return nil }
        let expiries = expiries.filter { $0.count > 0 }
        let tokens = StatusDocument.Tokens(
            active: expiries.reduce(0) { $0 + $1.count },
            countedAt: now.seconds,
            byExpiry: expiries
        )
        return StateCensus.Census(tokens: tokens, clients: clients)
    }

    /// Goes on for about so long.
    ///
    /// - Returns: whether all is counted, as far as it can be.
    func advance(for duration: Duration) -> Bool {
        let began = ContinuousClock.now
        defer { work += .now - began }
        do {
            if !isBegun { try begin() }
            guard let state else { return true }
            let tokens = FileTokenStore(in: state, durability: .process)
            let administration = FileClientAdministration(in: state)
            while let window = windows.popLast() {
                try count(window, in: tokens)
                if .now - began > duration { return false }
            }
            while let id = ids.popLast() {
                count(id, in: administration)
                if .now - began > duration { return false }
            }
        } catch {
            hasFailed = true
        }
        return true
    }

    private func begin() throws {
        isBegun = true
        let state = try StateDirectory(reading: directory)
        windows = try FileTokenStore(in: state, durability: .process).existingWindows().reversed()
        ids = try FileClientAdministration(in: state).ids()
        self.state = state
    }

    private func count(_ window: Window, in tokens: FileTokenStore) throws {
        // What expires within a second has as good as expired: so the health check's own token is none.
        let statistics = try tokens.statistics(of: window, at: now.adding(seconds: 1))
        if let statistics {
            expiries.append(StatusDocument.Expiry(until: statistics.end.seconds, count: statistics.live))
        }
    }

    private func count(_ id: ClientID, in administration: FileClientAdministration) {
        do throws(AdministrationError) {
            if try administration.client(id).isActive { clients.active += 1 } else { clients.disabled += 1 }
        } catch .notFound {
            // It was removed meanwhile.
        } catch {
            clients.unusable += 1
        }
    }
}
