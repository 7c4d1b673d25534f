import FileStore
import GrantCore
import Linux
package import Settings
import SystemPackage

/// Looks at everything in the state and the engine that a start and a request would need, and writes nothing.
package struct StateExamination {
    private let settings: Settings

    /// An examination of the state and engine that valid settings name.
    package init(_ settings: Settings) {
        self.settings = settings
    }

    /// What is wrong, a sentence each.
    package struct Findings: Sendable {
        /// What keeps grantd or a client from working.
        package var problems: [Remark] = []
        /// What may be a mistake, or will become a problem.
        package var notices: [Remark] = []

        /// Nothing is wrong.
        package init() {}
    }

    /// One sentence, and what it is about.
    package struct Remark: Sendable, Equatable {
        package let subject: Subject
        package let text: String

        /// A sentence about a subject.
        package init(subject: Subject, text: String) {
            self.subject = subject
            self.text = text
        }
    }

    /// What a sentence is about.
    package enum Subject: String, Sendable, CaseIterable {
        case state, engine, clients, client, keys, tokens, audit
    }

    /// Looks at everything.
    package func findings() -> Findings {
        var findings = Findings()
        do throws(StateError) {
            let state = try StateDirectory(reading: settings.state.string)
            do throws(EngineUnusable) {
                let engine = try engine(of: state)
                ThreadExecutor().run(serving: engine?.engine.loop) {
                    if let engine {
                        await examine(engine, of: state, &findings)
                    } else {
                        await examineClients(FileClientAdministration(in: state), of: state, &findings)
                    }
                }
            } catch {
                findings.problems.append(Remark(subject: .engine, text: error.text))
            }
            findings.problems += SigningExamination(settings, of: state).unusable(at: now)
            findings.problems += tokenProblems(in: state) + auditProblems(in: state)
        } catch {
            findings.problems.append(Remark(subject: .state, text: error.description))
        }
        return findings
    }

    /// The engine cannot even be tried.
    private struct EngineUnusable: Error {
        let text: String
    }

    private var now: Timestamp { KernelFileSystem().now }

    private var durability: Durability { settings.durability == .disk ? .disk : .process }

    /// The engine of the settings; nil if all is in files. Its reports are dropped, since the findings cover them.
    private func engine(of state: StateDirectory) throws(EngineUnusable) -> RedisStore? {
        do {
            guard let engineSettings = try EngineSettings(settings) else { return nil }
            let engine = try Engine(engineSettings, journal: RevocationJournal(in: state), report: { _ in })
            return RedisStore(in: engine, durability: durability)
        } catch {
            throw EngineUnusable(text: "\(error)")
        }
    }

    private func examine(_ store: RedisStore, of state: StateDirectory, _ findings: inout Findings) async {
        do throws(EngineFailure) {
            let problems = try await EngineStatus(of: store.engine, durability: store.durability).problems
            findings.problems += problems.map { Remark(subject: .engine, text: $0) }
        } catch {
            return findings.problems.append(Remark(subject: .engine, text: error.description))
        }
        guard findings.problems.isEmpty else { return }
        let clients = RedisClientAdministration(in: store.engine, user: state.tokens.fileSystem.effectiveUser)
        do throws(AdministrationError) {
            _ = try await clients.ids()
        } catch {
            return findings.notices.append(Remark(subject: .clients, text: "clients are not looked at: \(error)"))
        }
        await examineClients(clients, of: state, &findings)
    }

    private func examineClients(
        _ clients: some ClientAdministration,
        of state: StateDirectory,
        _ findings: inout Findings
    ) async {
        do throws(AdministrationError) {
            for id in try await clients.ids() {
                do throws(AdministrationError) {
                    let found = try await clients.examine(id, at: now)
                    findings.problems += found.problems.map { Remark(subject: .client, text: "client \(id) \($0)") }
                    findings.notices += found.notices.map { Remark(subject: .client, text: "client \(id) \($0)") }
                } catch {
                    findings.problems.append(Remark(subject: .client, text: error.description))
                }
            }
        } catch {
            findings.problems.append(Remark(subject: .clients, text: error.description))
        }
        findings.problems += await SigningExamination(settings, of: state).problems(of: clients, at: now)
    }

    private func auditProblems(in state: StateDirectory) -> [Remark] {
        do throws(StorageError) {
            try settings.audit.map { AuditTrail(at: $0.string, of: state, durability: durability) }?.requireUsable()
            return []
        } catch {
            return [Remark(subject: .audit, text: error.description)]
        }
    }

    private func tokenProblems(in state: StateDirectory) -> [Remark] {
        let store = FileTokenStore(in: state, durability: .process)
        let now = state.tokens.fileSystem.now
        var problems: [Remark] = []
        do throws(StorageError) {
            for window in try store.existingWindows() {
                guard let damaged = try store.statistics(of: window, at: now)?.damaged, damaged > 0 else { continue }
                problems.append(Remark(subject: .tokens, text: "\(damaged) token records are damaged in \(window)"))
            }
        } catch {
            problems.append(Remark(subject: .tokens, text: error.description))
        }
        return problems
    }
}
