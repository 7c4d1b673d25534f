import Synchronization

/// The secrets of one request that only slow hashes can tell: computed on any thread, away from all that is shared, and
/// handed back to where they came from.
///
/// It is asked for the secrets once, and then holds the one that was met, if any.
package final class SlowComparison: Sendable {
    /// Whether there is nothing to compute.
    package let isEmpty: Bool

    private let passwordHash: any PasswordHash
    private let state: Mutex<State>

    /// A secret, and the `crypt(3)` string that it may have been made from.
    struct Pair: Sendable {
        let secret: ClientSecret
        let hash: String
    }

    private struct State {
        var pairs: [Pair]
        var met: Pair?
    }

    /// A comparison of pairs, the likelier first.
    init(_ pairs: [Pair], by passwordHash: any PasswordHash) {
        isEmpty = pairs.isEmpty
        self.passwordHash = passwordHash
        state = Mutex(State(pairs: pairs, met: nil))
    }

    /// Computes the hashes, one after the other until one is met. It takes the longest of all that grantd does.
    package func run() {
        let pairs = state.withLock { exchange(&$0.pairs, with: []) }
        let met = pairs.first { passwordHash.matches($0.secret, $0.hash) }
        state.withLock { $0.met = met }
    }

    /// Whether ``run()`` found that the secret is the one behind the hash. The secret is the request's own, both times:
    /// how long it takes to look tells nobody anything.
    func isMet(by secret: ClientSecret, _ hash: String) -> Bool {
        state.withLock { $0.met.map { $0.hash == hash && $0.secret.exposedValue == secret.exposedValue } ?? false }
    }
}
