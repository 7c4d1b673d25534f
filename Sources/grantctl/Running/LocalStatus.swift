import ArgumentParser
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
        if state != nil { count(in: path, at: now) }
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
            document.lockedOut = await StatusDocument.lockedOut(in: reading, at: now.seconds) { lockOut in
                // Whether an engine knows a client is not asked: it may not answer.
                state.map { Self.stands(lockOut, in: $0, at: now) } ?? true
            }
        } catch {
            fault = error
            document.countersFault = error.description
        }
    }

    /// Whether a client exists, and its failures have not been forgiven, as `/status` has it. What cannot be told is taken
    /// to be so.
    private static func stands(_ lockOut: CounterReading.LockOut, in state: StateDirectory, at now: Timestamp) -> Bool {
        guard let id = ClientID(lockOut.id) else { return false }
        do throws(AdministrationError) {
            _ = try FileClientAdministration(in: state).client(id)
        } catch .notFound, .unusable, .unnameable {
            return false
        } catch {}
        let origin = Origin(address: lockOut.address.isEmpty ? nil : lockOut.address)
        do throws(StorageError) {
            return try FileFailureAdministration(in: state).failures(of: id, from: origin, at: now) != nil
        } catch {
            return true
        }
    }

    private mutating func count(in directory: String, at now: Timestamp) {
        let taker = CensusTaker(of: directory, at: now)
        do {
            var census: StateCensus?
            while census == nil { census = try taker.advance(for: .seconds(1)) }
            if let census { document.add(census) }
        } catch {
            uncounted = "tokens and clients cannot be counted: \(error)"
        }
    }
}

/// The settings say that nothing is counted.
struct NothingCounted: Error, CustomStringConvertible {
    var description: String { "GRANTD_METRICS is off: nothing is counted" }
}

extension NothingCounted: Problem {
    var exitCode: ExitCode { .refused }
}
