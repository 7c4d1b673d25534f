import Counters
import FileStore
import GrantCore
import Monitoring
import Settings
import SystemPackage

/// The status of this machine's workers, from files alone: the counters, and the state unless an engine keeps it.
///
/// No worker and no engine is asked, and nothing is changed.
struct LocalStatus {
    /// The document that `/status` makes. The service has failed if no worker serves, or if that cannot be told.
    private(set) var document = StatusDocument()
    /// Why there are no counters; nil if there are, or if the settings say that nothing is counted.
    private(set) var fault: CountersFault?
    /// Why tokens and clients are not counted although they are in files; nil if they are.
    private(set) var uncounted: String?

    /// Reads the files that the settings name.
    init(_ settings: Settings, at now: Timestamp) async throws {
        let path = settings.state.string
        guard StateDirectory.exists(at: path) else { throw MissingState(path: path) }
        let state = settings.store == .files ? try StateDirectory(reading: path) : nil
        if settings.metrics == .on {
            await readCounters(in: path, clientsOf: state, countsClients: settings.metricsClients == .on, at: now)
        } else {
            document.countersFault = NothingCounted().description
        }
        (document.version, document.time) = (version, now.seconds)
        if !document.serves { document.failure = document.workersSentence }
        if let state { count(in: state, at: now) }
    }

    private mutating func readCounters(
        in path: String,
        clientsOf state: StateDirectory?,
        countsClients: Bool,
        at now: Timestamp
    ) async {
        do throws(CountersFault) {
            let reading = try CounterReading(in: path, withHistory: true)
            document = StatusDocument(version: version, reading: reading, at: now.seconds)
            if !countsClients { document.clientsByUse = nil }
            // Whether an engine knows a client is not asked: it may not answer.
            let clients = state.map { FileClientAdministration(in: $0) }
            document.lockedOut = await StatusDocument.lockedOut(in: reading, at: now.seconds) { id in
                guard let clients else { return true }
                guard let id = ClientID(id) else { return false }
                return (try? clients.client(id)) != nil
            }
        } catch {
            fault = error
            document.countersFault = error.description
        }
    }

    private mutating func count(in state: StateDirectory, at now: Timestamp) {
        do {
            document.tokens = try Self.tokens(in: state, at: now)
            document.clients = try Self.clients(in: state, at: now)
        } catch {
            uncounted = "tokens and clients cannot be counted: \(error)"
        }
    }

    private static func tokens(in state: StateDirectory, at now: Timestamp) throws -> StatusDocument.Tokens {
        let store = FileTokenStore(in: state, durability: .process)
        var expiries: [StatusDocument.Expiry] = []
        for window in try store.existingWindows() {
            // What expires within a second has as good as expired, as a health check's token has.
            guard let statistics = try store.statistics(of: window, at: now.adding(seconds: 1)) else { continue }
            guard statistics.live > 0 else { continue }
            expiries.append(StatusDocument.Expiry(until: statistics.end.seconds, count: statistics.live))
        }
        let active = expiries.reduce(0) { $0 + $1.count }
        return StatusDocument.Tokens(active: active, countedAt: now.seconds, byExpiry: expiries)
    }

    private static func clients(in state: StateDirectory, at now: Timestamp) throws -> StatusDocument.Clients {
        let administration = FileClientAdministration(in: state)
        var clients = StatusDocument.Clients(active: 0, disabled: 0, unusable: 0, countedAt: now.seconds)
        for id in try administration.ids() {
            do throws(AdministrationError) {
                if try administration.client(id).isActive { clients.active += 1 } else { clients.disabled += 1 }
            } catch .notFound {
                // It was removed meanwhile.
            } catch {
                clients.unusable += 1
            }
        }
        return clients
    }
}

/// The settings say that nothing is counted.
struct NothingCounted: Error, CustomStringConvertible {
    var description: String { "GRANTD_METRICS is off: nothing is counted" }
}
