package import GrantCore

extension StatusDocument {
    /// Adds what a census counted.
    package mutating func add(_ census: StateCensus) {
        tokens = Tokens(
            active: census.activeTokens,
            countedAt: census.takenAt.seconds,
            byExpiry: census.tokens.map { Expiry(until: $0.end.seconds, count: $0.count) }
        )
        clients = Clients(census)
    }
}

extension StatusDocument.Clients {
    /// The clients that a census counted.
    package init(_ census: StateCensus) {
        self.init(
            active: census.activeClients,
            disabled: census.disabledClients,
            unusable: census.unusableClients,
            countedAt: census.takenAt.seconds
        )
    }
}
