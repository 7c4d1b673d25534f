/// A server that mounts grantd, for those who ask it.
package struct MountSummary: Sendable, Equatable {
    /// The server's names; none if it has no `server_name`.
    package let serverNames: [String]
    /// The addresses of its `listen` lines as they are written: `443`, `127.0.0.1:8080`, `unix:/run/site.sock`.
    package let listens: [String]
    /// The path of the mount with its slash, such as `/oauth2`.
    package let prefix: String
    /// The path of the workers' socket; nil if they are reached over TCP or in a way that the configuration does not tell.
    package let socketPath: String?
    /// Whether any of its listeners has TLS.
    package let isHTTPS: Bool
    /// Where the site mounts it.
    package let place: Finding.Place
}
