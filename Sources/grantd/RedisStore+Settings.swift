import FileStore
import RedisStore
import Settings

extension RedisStore {
    /// The engine by the settings; nil if all is in files.
    ///
    /// - Parameter isWorker: whether the process answers many requests.
    init?(_ settings: Settings, of state: StateDirectory, isWorker: Bool, log: RequestLog) throws(ProgramFailure) {
        let durability = Durability(settings.durability)
        let engine: Engine
        do {
            guard let engineSettings = try EngineSettings(settings) else { return nil }
            engine = try Engine(engineSettings, journal: RevocationJournal(in: state), report: log.stored)
        } catch let error as SettingsError {
            throw ProgramFailure(.usage, error.description)
        } catch {
            throw ProgramFailure(.inputOutput, "\(error)")
        }
        let files = FileTokenStore(in: state, durability: durability, report: log.stored)
        // No new window is opened there, which would take the passed ones away. What fails now is done at the next start.
        _ = try? files.purge(at: KernelFileSystem().now)
        self.init(
            in: engine,
            durability: durability,
            files: FormerTokens(in: state, store: files),
            readsAhead: isWorker
        )
    }
}
