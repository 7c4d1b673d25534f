import FileStore
import GrantCore
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
            examineClients(ClientAdministration(in: state), at: state.tokens.fileSystem.now, &findings)
            findings.problems += tokenProblems(in: state) + auditProblems(in: state)
        } catch {
            findings.problems.append(error.description)
        }
        return findings
    }

    private func examineClients(_ clients: ClientAdministration, at now: Timestamp, _ findings: inout Findings) {
        do throws(AdministrationError) {
            for id in try clients.ids() {
                do throws(AdministrationError) {
                    let found = try clients.examine(id, at: now)
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
