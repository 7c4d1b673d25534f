package import SystemPackage

/// What the operator decides: every setting, parsed and in range.
///
/// A new setting is a property here, with its default, and an entry in ``Setting/all``.
package struct Settings: Sendable, Equatable {
    /// The state directory: `clients/`, `tokens/`, `key`.
    package var state: FilePath = "/var/lib/grantd"
    /// The public URL of the mount (RFC 8414 §2), in the spelling that is published; nil publishes no metadata.
    package var issuer: String? = nil
    /// The realm in challenges (RFC 9110 §11.5): it fits a quoted-string without escapes.
    package var realm: String = "grantd"
    /// An access token's lifetime in seconds, where its client has none of its own.
    package var tokenLifetime: Int = 3600
    /// What kind of access tokens clients get that have no choice of their own.
    package enum TokenFormat: String, Sendable, CaseIterable {
        /// Random letters, which this server looks up.
        case opaque
        /// Signed JWTs, which others can verify as well (RFC 9068).
        case jwt
    }

    /// What kind of access tokens clients get that have no choice of their own.
    package var tokenFormat: TokenFormat = .opaque
    /// Who must come over TLS.
    package var requireTLS: TLSRequirement = .external
    /// What an issued token survives before it is answered.
    package var durability: Durability = .process
    /// Milliseconds from a request to the answer of a failed authentication.
    package var failureDelay: Int = 100
    /// How often a client's authentication may fail before it has to wait; 0 lets it fail without end.
    package var failureLimit: Int = 10
    /// The longest such wait, and the time after which failures are forgotten, in seconds.
    package var failureWindow: Int = 300
    /// The longest request body, in bytes.
    package var bodyLimit: Int = 16384
    /// Where direct connections to an engine may go without TLS.
    package enum Plaintext: String, Sendable, CaseIterable {
        /// This machine.
        case loopback
        /// Private addresses as well.
        case `private`
    }

    /// Whether a process that answers requests gives up what it does not need for that.
    package var confinement: Switch = .on
    /// The file of JSON lines that audits what was granted, denied, revoked and administered; nil audits nothing.
    package var audit: FilePath? = nil
    /// Where tokens, clients and counts are kept.
    package var store: StorePlace = .files
    /// The engine's user; nil for its default one.
    package var storeUser: String? = nil
    /// The file with the password of the engine's user; nil for none.
    package var storePasswordFile: FilePath? = nil
    /// The unix sockets through which the web server carries connections to the engine's members; nil for direct ones.
    package var storeVia: String? = nil
    /// The unix socket of the engine's member on this machine; nil for none.
    package var storeLocal: FilePath? = nil
    /// How long a request waits for a member that is being replaced, in seconds.
    package var storePatience: Int = 5
    /// How many replicas have to confirm a revocation.
    package var storeReplicas: Int = 1
    /// Where direct connections may go without TLS.
    package var storePlaintext: Plaintext = .loopback
    /// The least important events that are logged.
    package var logLevel: LogLevel = .info
    /// The form of the log's lines.
    package var logFormat: LogFormat = .text
    /// Whether requests are counted.
    package var metrics: Switch = .on
    /// Whether they are counted by client as well.
    package var metricsClients: Switch = .off

    /// Every setting at its default.
    package init() {}

    /// Who must come over TLS, by what the proxy says of the connection.
    package enum TLSRequirement: String, Sendable, CaseIterable {
        /// All but loopback and private addresses.
        case external
        /// Everyone.
        case all
        /// No one.
        case none
    }

    /// What an issued token survives before it is answered.
    package enum Durability: String, Sendable, CaseIterable {
        /// A killed worker.
        case process
        /// A power cut.
        case disk
    }

    /// Whether something is done: a process is confined as far as the kernel can, requests are counted.
    package enum Switch: String, Sendable, CaseIterable {
        case on, off
    }

    /// The form of the log's lines.
    package enum LogFormat: String, Sendable, CaseIterable {
        /// A message and `key=value` pairs.
        case text
        /// A JSON object.
        case json
    }

    /// How important an event is, by the names of swift-log's levels.
    package enum LogLevel: String, Sendable, CaseIterable {
        case trace, debug, info, notice, warning, error, critical
    }
}
