import FileStore
import GrantCore
import Linux
import Logging
import RedisStore
import Settings
import SystemPackage

/// What `--check` does: looks at everything that a start and a request would need, and says all that is wrong.
struct StateCheck {
    private let settings: Settings

    /// Checks by settings that are themselves in order.
    init(_ settings: Settings) {
        self.settings = settings
    }

    /// What is wrong, a sentence each; and what may be a mistake, which is not a failure.
    struct Findings {
        var problems: [String] = []
        var notices: [String] = []
    }

    /// Looks at everything.
    func findings() -> Findings {
        var findings = Findings()
        do throws(StateError) {
            let state = try StateDirectory(reading: settings.state.string)
            do throws(ProgramFailure) {
                let engine = try RedisStore(
                    settings,
                    of: state,
                    durability: Durability(settings.durability),
                    log: RequestLog(silent)
                )
                ThreadExecutor().run(serving: engine?.engine.loop) {
                    if let engine {
                        await examine(engine, of: state, &findings)
                    } else {
                        await examineClients(FileClientAdministration(in: state), at: now, &findings)
                    }
                }
            } catch {
                findings.problems.append(error.text)
            }
            findings.problems += tokenProblems(in: state) + auditProblems(in: state)
        } catch {
            findings.problems.append(error.description)
        }
        return findings
    }

    private var now: Timestamp { KernelFileSystem().now }

    /// What happens while the check looks is among its findings.
    private var silent: Logger { Logger(label: "check") { _ in SwiftLogNoOpLogHandler() } }

    private func examine(_ store: RedisStore, of state: StateDirectory, _ findings: inout Findings) async {
        do throws(EngineFailure) {
            findings.problems += try await EngineStatus(of: store.engine, durability: store.durability).problems
        } catch {
            return findings.problems.append(error.description)
        }
        guard findings.problems.isEmpty else { return }
        let clients = RedisClientAdministration(in: store.engine, user: state.tokens.fileSystem.effectiveUser)
        do throws(AdministrationError) {
            _ = try await clients.ids()
        } catch {
            return findings.notices.append("clients are not looked at: \(error)")
        }
        await examineClients(clients, at: now, &findings)
    }

    private func examineClients(
        _ clients: some ClientAdministration,
        at now: Timestamp,
        _ findings: inout Findings
    ) async {
        do throws(AdministrationError) {
            for id in try await clients.ids() {
                do throws(AdministrationError) {
                    let found = try await clients.examine(id, at: now)
                    findings.problems += found.problems.map { "client \(id) \($0)" }
                    findings.notices += found.notices.map { "client \(id) \($0)" }
                } catch {
                    findings.problems.append(error.description)
                }
            }
        } catch {
            findings.problems.append(error.description)
        }
    }

    private func auditProblems(in state: StateDirectory) -> [String] {
        do throws(StorageError) {
            try AuditTrail(settings, of: state)?.requireUsable()
            return []
        } catch {
            return [error.description]
        }
    }

    private func tokenProblems(in state: StateDirectory) -> [String] {
        let store = FileTokenStore(in: state, durability: .process)
        let now = state.tokens.fileSystem.now
        var problems: [String] = []
        do throws(StorageError) {
            for window in try store.existingWindows() {
                guard let damaged = try store.statistics(of: window, at: now)?.damaged, damaged > 0 else { continue }
                problems.append("\(damaged) token records are damaged in \(window)")
            }
        } catch {
            problems.append(error.description)
        }
        return problems
    }
}
