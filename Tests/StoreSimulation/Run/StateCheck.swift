import FileStore
package import GrantCore

/// Holds a state that a power cut left to everything that was answered before it.
package struct StateCheck {
    private let nodes: [Node]
    let position: Int
    let ledger: Ledger
    let now: Timestamp
    let random: RandomSource

    /// A check of these files, as they were left when the log had come to a position.
    package init(_ nodes: [Node], position: Int, ledger: Ledger, now: Timestamp, random: RandomSource) {
        self.nodes = nodes
        self.position = position
        self.ledger = ledger
        self.now = now
        self.random = random
    }

    /// Starts the machine again and looks at all of it, as it is and after more was issued.
    ///
    /// - Returns: the machine with what is certainly there, for a run to go on with.
    package func run() throws(Violation) -> (SimulatedMachine, Ledger) {
        let machine = SimulatedMachine(nodes, time: now)
        if ledger.setUp.map({ $0 > position }) ?? true {
            // Whoever was setting it up does so again.
            _ = try open(machine, user: ledger.founder)
        }
        var after = Ledger()
        after.founder = ledger.founder
        after.setUp = machine.position
        try inspect(machine, try open(machine), &after)
        try administer(machine, &after)
        try issue(machine, &after)
        try goOn(machine, &after)
        return (machine, after)
    }

    func open(_ machine: SimulatedMachine, user: UInt32 = User.service) throws(Violation) -> SimulatedWorker {
        let durability: Durability = random.generator.isOnce(in: 2) ? .disk : .process
        return try Violation.ifFails("opening the state") {
            try SimulatedWorker(machine.process(user: user), durability, random: random)
        }
    }

    /// Every token and every client is what it has to be.
    private func inspect(_ machine: SimulatedMachine, _ worker: SimulatedWorker, _ after: inout Ledger)
        throws(Violation)
    {
        for id in Cast.clients + [Cast.newcomer] {
            let client = try Violation.ifFails("reading client \(id)") { try worker.registry.client(for: id) }
            let possible = ledger.possibleClients(id, at: position)
            try Violation.unless(possible.contains(client), "client \(id) is \(possible), but it is \(client as Any)")
            after.clients[id] = [Ledger.ClientVersion(client: client, begun: 0, answered: 0)]
        }
        for report in worker.reports {
            guard case .unusableClient(let file, let reason) = report else { continue }
            throw Violation("\(file) is half there: \(reason)")
        }
        for (number, token) in ledger.tokens.enumerated() {
            let found = try Violation.ifFails("looking up token \(number)") {
                try worker.tokens.find(token.token, at: now)
            }
            try Violation.unless(found == nil || found == token.record, "token \(number) means what it meant")
            let obligation = ledger.obligation(token, at: position, now)
            switch obligation {
            case .live: try Violation.unless(found != nil, "token \(number), answered at \(token.answered), lives")
            case .dead: try Violation.unless(found == nil, "token \(number) is dead")
            case .either: break
            }
            after.tokens.append(token.surviving(isFound: found != nil, isDead: obligation == .dead))
        }
        try inspectRecords(machine, worker, &after)
        try Violation.ifFails("counting tokens") {
            for window in try worker.tokens.existingWindows() { _ = try worker.tokens.statistics(of: window, at: now) }
        }
    }

    /// A client can be made and removed, and is there for others meanwhile.
    private func administer(_ machine: SimulatedMachine, _ after: inout Ledger) throws(Violation) {
        let id = Cast.newcomer
        let administrator = try open(machine)
        func change(to client: Client?, _ body: () throws -> Void) throws(Violation) {
            let begun = machine.position
            try Violation.ifFails("changing a client", body)
            after.clients[id, default: []].append(
                Ledger.ClientVersion(client: client, begun: begun, answered: machine.position)
            )
            let found = try Violation.ifFails("reading it") { try open(machine).registry.client(for: id) }
            try Violation.unless(found == client, "what was made of a client is seen")
        }
        if after.clients[id]?.last?.client != nil { try change(to: nil) { try administrator.clients.remove(id) } }
        let client = Client(id: id)
        try change(to: client) { try administrator.clients.add(client) }
        if random.generator.isOnce(in: 2) { try change(to: nil) { try administrator.clients.remove(id) } }
    }

    /// Issuing goes on, for every lifetime, and harms nothing that was issued before.
    private func issue(_ machine: SimulatedMachine, _ after: inout Ledger) throws(Violation) {
        let worker = try open(machine)
        for lifetime in Cast.lifetimes {
            let grant = random.generator.pick(Cast.grants)
            let token = try Violation.ifFails("issuing for \(lifetime) s") {
                try worker.tokens.issue(grant, at: now, lifetime: lifetime)
            }
            let expiry = now.adding(seconds: Int64(lifetime))
            after.tokens.append(
                Ledger.Token(
                    token: token,
                    record: TokenRecord(grant: grant, issuedAt: now, expiresAt: expiry),
                    isDurable: worker.durability == .disk,
                    answered: machine.position
                )
            )
        }
        let reader = try open(machine)
        for (number, token) in after.tokens.enumerated() {
            let found = try Violation.ifFails("looking up token \(number) again") {
                try reader.tokens.find(token.token, at: now)
            }
            switch after.obligation(token, at: machine.position, now) {
            case .live: try Violation.unless(found == token.record, "token \(number) lives after more came")
            case .dead: try Violation.unless(found == nil, "token \(number) is dead after more came")
            case .either:
                try Violation.unless(found == nil || found == token.record, "token \(number) means what it meant")
            }
        }
    }
}
