package import GrantCore
import JOSE

extension Client {
    /// Whether it has a secret that has not expired, and may authenticate by one.
    package func hasUsableSecret(at now: Timestamp) -> Bool {
        authenticationMethod != .privateKeyJWT && secrets.contains { $0.isCurrent(at: now) }
    }

    /// Whether it has a key that is for the algorithm of its assertions, and may authenticate by one.
    package var hasUsableKey: Bool {
        guard (authenticationMethod ?? .privateKeyJWT) == .privateKeyJWT, let keys else { return false }
        guard let algorithm = assertions.algorithm else { return !keys.keys.isEmpty }
        return keys.keys.contains { algorithm.fits($0.parameters) && ($0.algorithm ?? algorithm) == algorithm }
    }
}
