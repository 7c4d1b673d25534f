import FileStore
import GrantCore
import Settings
import SystemPackage

/// What `--check` does: looks at everything that a start and a request would need, and says all that is wrong.
struct Check {
    private let settings: Settings

    /// Checks by settings that are themselves in order.
    init(_ settings: Settings) {
        self.settings = settings
    }

    /// The problems, a sentence each.
    func problems() -> [String] {
        do throws(StateError) {
            let state = try StateDirectory(path: settings.state.string)
            return clientProblems(ClientAdministration(in: state)) + tokenProblems(in: state) + auditProblems(in: state)
        } catch {
            return [error.description]
        }
    }

    private func clientProblems(_ clients: ClientAdministration) -> [String] {
        var problems: [String] = []
        do throws(AdministrationError) {
            for id in try clients.ids() {
                do throws(AdministrationError) {
                    _ = try clients.client(id)
                } catch {
                    problems.append(error.description)
                }
            }
        } catch {
            problems.append(error.description)
        }
        return problems
    }

    private func auditProblems(in state: StateDirectory) -> [String] {
        do throws(StorageError) {
            try AuditTrail(settings, of: state)?.requireWritable()
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
