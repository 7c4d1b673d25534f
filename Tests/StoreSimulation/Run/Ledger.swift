package import GrantCore

/// What a run was answered, and when: positions are those of the machine's log.
package struct Ledger: Sendable {
    /// A token that was issued.
    package struct Token: Sendable {
        package let token: AccessToken
        package let record: TokenRecord
        /// Whether it has to survive a power cut.
        package var isDurable: Bool
        package var answered: Int
        package var revocationBegun: Int?
        package var revocationAnswered: Int?
        /// Whether a power cut took it, so that it is not found; it may come back as what it was.
        package var isLost = false

        /// What is to be expected of it from now on, after it was looked up in what a power cut left: what was read from
        /// the disk stays there.
        func surviving(isFound: Bool, isDead: Bool) -> Token {
            var token = self
            token.answered = 0
            token.isDurable = isFound
            token.isLost = !isFound
            token.revocationBegun = revocationBegun == nil || isFound ? nil : 0
            token.revocationAnswered = isDead ? 0 : nil
            return token
        }
    }

    /// What a client is from a change on; nil if it is none.
    package struct ClientVersion: Sendable {
        package var number = 0
        package let client: Client?
        package let begun: Int
        package var answered: Int?
    }

    /// What a store has to say of a token.
    package enum Obligation: Sendable {
        case live, dead, either
    }

    package var tokens: [Token] = []
    package var clients: [ClientID: [ClientVersion]] = [:]
    package var counts = CountLedger()
    package var audit = AuditLedger()
    package var uses = UseLedger()
    package var assertions = AssertionLedger()
    /// Who sets the state directory up.
    package var founder = User.service
    /// When it was first answered that the state directory can be used.
    package var setUp: Int?

    private var lastNumber = 0

    package init() {}

    /// A number for a client's change.
    package mutating func takeNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    /// Notes that a change took effect after all those before, if it did.
    package mutating func moveToEnd(_ number: Int, of id: ClientID, answered: Int?) {
        guard let index = clients[id]?.firstIndex(where: { $0.number == number }),
            var version = clients[id]?.remove(at: index)
        else { return }
        version.answered = answered
        clients[id]?.append(version)
    }

    /// What has to be said of a token after a power cut at a position.
    package func obligation(_ token: Token, at position: Int, _ now: Timestamp) -> Obligation {
        if now >= token.record.expiresAt { return .dead }
        if let answered = token.revocationAnswered, answered <= position { return .dead }
        if let begun = token.revocationBegun, begun <= position { return .either }
        return token.isDurable && token.answered <= position ? .live : .either
    }

    /// What a client may be after a power cut at a position: what was last answered, or any change begun since.
    package func possibleClients(_ id: ClientID, at position: Int) -> [Client?] {
        possibleClients(id, from: position, to: position)
    }

    /// What a client may be for whoever looks it up between two positions: what was last answered before, or any change
    /// begun since.
    package func possibleClients(_ id: ClientID, from start: Int, to end: Int) -> [Client?] {
        let begun = (clients[id] ?? []).filter { $0.begun <= end }
        let last = begun.lastIndex { $0.answered.map { $0 <= start } ?? false }
        return (last == nil ? [nil] : []) + begun[(last ?? 0)...].map(\.client)
    }

    /// How much of it was answered by a position: two power cuts that leave the same files and the same answers are one.
    package func answers(at position: Int) -> Int {
        tokens.count { $0.answered <= position }
            + tokens.count { $0.revocationBegun.map { $0 <= position } ?? false }
            + tokens.count { $0.revocationAnswered.map { $0 <= position } ?? false }
            + clients.values.joined().count { $0.begun <= position }
            + clients.values.joined().count { $0.answered.map { $0 <= position } ?? false }
            + (setUp.map { $0 <= position ? 1 : 0 } ?? 0)
            + counts.answers(at: position) + audit.answers(at: position) + uses.answers(at: position)
            + assertions.answers(at: position)
    }
}
