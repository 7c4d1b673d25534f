/// How many tokens and clients a site has at a moment.
package struct StateCensus: Sendable, Equatable {
    /// The moment.
    package let takenAt: Timestamp
    /// Active tokens by when their windows end, the soonest first; windows without any are left out.
    package var tokens: [Expiry] = []
    /// Clients that get tokens.
    package var activeClients = 0
    /// Clients that are disabled.
    package var disabledClients = 0
    /// Clients whose files cannot be used.
    package var unusableClients = 0

    /// Active tokens of a window.
    package struct Expiry: Sendable, Equatable {
        /// When the last of them expires, at the latest.
        package let end: Timestamp
        /// How many there are.
        package let count: Int

        /// Describes a window.
        package init(end: Timestamp, count: Int) {
            self.end = end
            self.count = count
        }
    }

    /// A census of a moment, in which nothing is counted yet.
    package init(takenAt: Timestamp) {
        self.takenAt = takenAt
    }

    /// Active tokens of all windows.
    package var activeTokens: Int { tokens.reduce(0) { $0 + $1.count } }
}
