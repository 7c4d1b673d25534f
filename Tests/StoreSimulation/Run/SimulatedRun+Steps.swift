import FileStore
import GrantCore
import Linux

/// What the processes of a run do, and what they note of it.
extension SimulatedRun {
    /// Issues a token.
    func issue(by worker: SimulatedWorker) throws {
        // Half of the time the same, so that processes come by each other's grants.
        let isUsual = random.generator.isOnce(in: 2)
        let grant = isUsual ? Cast.grants[1] : random.generator.pick(Cast.grants)
        let lifetime = isUsual ? 3600 : random.generator.pick(Cast.lifetimes)
        let now = machine.time
        let token = try worker.tokens.issue(grant, at: now, lifetime: lifetime)
        let expiry = now.adding(seconds: Int64(lifetime))
        note("token \(ledger.tokens.count) is issued for \(lifetime) s to \(grant.clientID), \(worker.durability)")
        ledger.tokens.append(
            Ledger.Token(
                token: token,
                record: TokenRecord(grant: grant, issuedAt: now, expiresAt: expiry),
                isDurable: worker.durability == .disk,
                answered: machine.position
            )
        )
    }

    /// Asks whether clients can be read and tokens issued.
    func askHealth(of worker: SimulatedWorker) throws {
        let check = HealthCheck(registry: worker.registry, tokens: worker.tokens)
        try ThreadExecutor().run { () async throws(HealthFailure) in try await check.run(at: machine.time) }
        note("it is healthy")
    }

    /// Looks a token up, which has to be what was answered of it before.
    func find(by worker: SimulatedWorker) throws {
        guard let number = ledger.tokens.indices.randomElement(using: &random.generator) else { return }
        let token = ledger.tokens[number]
        let now = machine.time
        let found = try worker.tokens.find(token.token, at: now)
        note("token \(number) is looked up")
        let isDead = now >= token.record.expiresAt || token.revocationAnswered != nil
        try Violation.unless(found == nil || found == token.record, "token \(number) means what it meant")
        try Violation.unless(!isDead || found == nil, "token \(number) is dead")
        // One whose revocation was begun, maybe meanwhile, may be either.
        let isLive = !isDead && !token.isLost && ledger.tokens[number].revocationBegun == nil
        try Violation.unless(!isLive || found != nil, "token \(number) lives")
    }

    /// Revokes a token.
    func revoke(by worker: SimulatedWorker) throws {
        guard let number = ledger.tokens.indices.randomElement(using: &random.generator) else { return }
        let token = ledger.tokens[number]
        if token.revocationBegun == nil { ledger.tokens[number].revocationBegun = machine.position }
        let client = random.generator.isOnce(in: 2) ? token.record.grant.clientID : nil
        _ = try worker.tokens.revoke(token.token, issuedTo: client, at: machine.time)
        note("token \(number) is revoked")
        if ledger.tokens[number].revocationAnswered == nil {
            ledger.tokens[number].revocationAnswered = machine.position
        }
    }

    /// Looks a client up, which has to be what it was last made, or is being made meanwhile.
    func readClient(by worker: SimulatedWorker) throws {
        let id = random.generator.pick(Cast.clients)
        let begun = machine.position
        let found = try worker.registry.client(for: id)
        note("client \(id) is looked up")
        let possible = ledger.possibleClients(id, from: begun, to: machine.position)
        try Violation.unless(possible.contains(found), "client \(id) is \(possible), but was read as \(found as Any)")
        try Violation.unless(!worker.hasReportedClient, "no client's file is half there: \(worker.reports)")
    }

    /// Adds a client, or changes one: another secret, switched off or on, all its tokens revoked.
    func changeClient(by administrator: SimulatedWorker) throws {
        let id = random.generator.pick(Cast.clients)
        let now = machine.time
        let secret = StoredSecret(hash: .sha256(random.bytes(32)), createdAt: now)
        if ledger.clients[id]?.last?.client == nil {
            var client = Client(id: id)
            client.secrets = [secret]
            try write(id) { begin in
                begin(client)
                try administrator.clients.add(client)
            }
        } else {
            let kind = Int.random(in: 0..<4, using: &random.generator)
            try write(id) { begin in
                try administrator.clients.update(id) { client in
                    switch kind {
                    case 0: client.secrets = [secret] + client.secrets.prefix(1)
                    case 1: client.isActive.toggle()
                    case 2: client.generation = Generation(random: self.random.bytes(Generation.byteCount))
                    default: client.scope = Cast.grants[3].scope
                    }
                    begin(client)
                }
            }
        }
    }

    /// Takes a client away.
    func removeClient(by administrator: SimulatedWorker) throws {
        let id = random.generator.pick(Cast.clients)
        try write(id) { begin in
            begin(nil)
            try administrator.clients.remove(id)
        }
    }

    /// Unlinks what has passed.
    func purge(by administrator: SimulatedWorker) throws {
        note("purge: \(try administrator.tokens.purge(at: machine.time))")
        note("purge of assertions: \(try administrator.assertions.purge(at: machine.time))")
    }

    /// Makes a change to a client, which is noted as soon as it is known what it will be, and again when it is answered.
    ///
    /// They are answered in the order in which they took effect, for that happens under a lock.
    private func write(_ id: ClientID, _ body: ((Client?) -> Void) throws -> Void) throws {
        let number = ledger.takeNumber()
        func begin(_ client: Client?) {
            ledger.clients[id, default: []].append(
                Ledger.ClientVersion(number: number, client: client, begun: machine.position)
            )
        }
        do {
            try body(begin)
            ledger.moveToEnd(number, of: id, answered: machine.position)
            note("client \(id) is added, changed or removed")
        } catch AdministrationError.exists, AdministrationError.notFound {
            ledger.clients[id]?.removeAll { $0.number == number }
        } catch {
            ledger.moveToEnd(number, of: id, answered: nil)
            if "\(error)".contains("flock") { ledger.clients[id]?.removeAll { $0.number == number } }
            throw error
        }
    }
}
