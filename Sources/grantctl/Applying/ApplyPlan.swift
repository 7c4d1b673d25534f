import FileStore
import GrantCore

/// What has to be done so that the clients are as they are declared, or why nothing may be.
struct ApplyPlan {
    /// What the command line allows.
    struct Options {
        /// Clients that are not declared are removed.
        var prunes = false
        /// They are removed even if none is declared.
        var prunesAll = false
        /// New clients without secrets get one.
        var generatesSecrets = false
    }

    /// What keeps the plan from being carried out.
    private(set) var faults: [DeclaredClients.Fault] = []
    /// What is to be done: first what takes access away, then the rest, each in the order of ids.
    private(set) var changes: [ApplyChange] = []
    /// How many clients are as they are declared.
    private(set) var unchanged = 0
    /// The ids of clients that are there, are not declared, and stay, sorted.
    private(set) var undeclared: [ClientID] = []
    /// The ids of clients that stay disabled because their files do not name `active`, sorted.
    private(set) var stayDisabled: [ClientID] = []
    private let declared: [ClientID: DeclaredClient]

    /// Compares what is declared with what is there.
    init(_ declared: [DeclaredClient], beside present: PresentClients, options: Options, at now: Timestamp) {
        self.declared = Dictionary(uniqueKeysWithValues: declared.map { ($0.id, $0) })
        let others = present.keys.filter { [declared = self.declared] in declared[$0] == nil }
            .sorted { $0.value < $1.value }
        if !options.prunes {
            undeclared = others
        } else if declared.isEmpty, !others.isEmpty, !options.prunesAll {
            let reason =
                "it declares no client, and --prune would remove all \(others.count); if that is meant, give --allow-empty"
            faults.append(DeclaredClients.Fault(file: "the directory", reason: reason))
        } else {
            changes = others.map { ApplyChange(id: $0, kind: .removed, differences: []) }
        }
        for client in declared.sorted(by: { $0.id.value < $1.id.value }) {
            do throws(ClientFile.Unusable) {
                try compare(client, with: present[client.id], options, at: now)
            } catch {
                let file = DeclaredClients.fileName(for: client.id) ?? client.id.value
                faults.append(DeclaredClients.Fault(file: file, reason: error.reason))
            }
        }
        let isFirst = { (change: ApplyChange) in change.onlyTakesAway || change.disables }
        changes = changes.filter(isFirst) + changes.filter { !isFirst($0) }
    }

    private mutating func compare(
        _ client: DeclaredClient,
        with present: Result<ClientFile, ClientFile.Unusable>?,
        _ options: Options,
        at now: Timestamp
    ) throws(ClientFile.Unusable) {
        let old: ClientFile?
        switch present {
        case nil: old = nil
        case .success(let file)?: old = file
        case .failure(let unusable)?:
            throw ClientFile.Unusable(
                reason: "the client that is there cannot be used: \(unusable.reason); mend or remove it first"
            )
        }
        let new = client.applied(
            to: old,
            generation: Generation(random: SecureRandom.bytes(Generation.byteCount)),
            at: now
        )
        // A secret that is to be generated takes less than this.
        guard try new.bytes().count <= ClientFile.sizeLimit - (old == nil ? 200 : 0) else {
            throw ClientFile.Unusable(reason: "the client's file would be longer than \(ClientFile.sizeLimit) bytes")
        }
        let generatesSecret = old == nil && !client.declaresSecrets && !client.hasUsableKey
        if generatesSecret, !options.generatesSecrets {
            throw ClientFile.Unusable(
                reason:
                    "the client is new and its file has no secrets and no jwks; give hashes or keys, or --generate-secrets"
            )
        }
        if old?.client.isActive == false, !client.declaresActive { stayDisabled.append(client.id) }
        let differences = ClientDifference.all(from: old, to: new)
        if old != nil, differences.isEmpty {
            unchanged += 1
        } else {
            changes.append(
                ApplyChange(
                    id: client.id,
                    kind: old == nil ? .created : .changed,
                    // A new client's generation is random, and another one in the end.
                    differences: old == nil ? differences.filter { !$0.isOfGeneration } : differences,
                    generatesSecret: generatesSecret
                )
            )
        }
    }

    /// Makes the changes, up to the first that fails; each is made of what is there by then.
    ///
    /// An audit that fails does not end it: what only takes access away is done all the same, and nothing else is.
    func carryOut(in site: Site) async -> ApplyReport {
        var done: [ApplyChange] = []
        var unaudited: (id: ClientID, error: AdministrationError)?
        for change in changes where unaudited == nil || change.onlyTakesAway {
            var made: ApplyChange?
            do throws(AdministrationError) {
                try await carryOut(change, in: site, &made)
            } catch {
                guard case .unaudited(_, let isDone) = error else {
                    return ApplyReport(self, done: done, failure: unaudited ?? (change.id, error))
                }
                unaudited = unaudited ?? (change.id, error)
                if !isDone { made = nil }
            }
            if let made { done.append(made) }
        }
        return ApplyReport(self, done: done, failure: unaudited)
    }

    /// Makes a change.
    ///
    /// - Parameter made: the change as it was made; nil if another process had made it.
    private func carryOut(
        _ change: ApplyChange,
        in site: Site,
        _ made: inout ApplyChange?
    ) async throws(AdministrationError) {
        guard let client = declared[change.id] else {
            made = change
            do throws(AdministrationError) { try await site.remove(change.id) } catch .notFound { made = nil }
            return
        }
        let secret = change.generatesSecret ? NewSecret.generated() : nil
        let generation = Generation(random: SecureRandom.bytes(Generation.byteCount))
        var edited: ApplyChange?
        defer { made = edited }
        try await site.clients.edit(client.id) { present in
            let now = KernelFileSystem().now
            let new = client.applied(to: present, generated: secret?.hash, generation: generation, at: now)
            let differences = ClientDifference.all(from: present, to: new)
            guard present == nil || !differences.isEmpty else {
                edited = nil
                return nil
            }
            let isNew = present == nil
            edited = ApplyChange(
                id: client.id,
                kind: isNew ? .created : .changed,
                differences: isNew ? differences.filter { !$0.isOfGeneration } : differences,
                secret: isNew ? secret?.value : nil
            )
            return ClientEdit(new, as: isNew ? [.add] : ClientDifference.kinds(of: differences))
        }
    }
}

extension ApplyChange {
    /// Whether it gives no access, so that it is made even if the audit cannot be written.
    fileprivate var onlyTakesAway: Bool {
        switch kind {
        case .removed: true
        case .created: false
        case .changed: ClientDifference.kinds(of: differences).allSatisfy { !$0.givesAccess }
        }
    }

    /// Whether it keeps a client out.
    fileprivate var disables: Bool {
        differences.contains { if case .value("active", _, "false") = $0 { true } else { false } }
    }
}

extension ClientDifference {
    fileprivate var isOfGeneration: Bool {
        guard case .value(let member, _, _) = self else { return false }
        return member == "generation" || member == "not_before"
    }
}
