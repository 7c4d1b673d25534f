import FileStore
package import Settings
import SystemPackage

/// Which engine, and how it is reached.
package struct EngineSettings: Sendable, CustomReflectable {
    /// The members that are asked first: any of a Cluster, or the one server.
    package var seeds: [Endpoint]
    /// The user of the engine's access lists; nil for its default user.
    package var user: String?
    /// The user's password; nil for none.
    package var password: [UInt8]?
    /// The unix sockets on which this machine's web server carries connections over TLS, `%h` and `%p` standing for a
    /// member's address and port; nil for direct connections.
    package var via: String?
    /// The unix socket of the member on this machine; nil if there is none.
    package var local: String?
    /// How long a request waits for a member that is being replaced.
    package var patience: Duration = .seconds(5)
    /// How long a question waits for its answer; tests on a busy machine wait longer.
    var answerTime = RedisConnection.patience
    /// How many replicas have to confirm a revocation; with 0 the primary and the journal are enough.
    package var replicas = 1
    /// Where direct connections may go.
    package var plaintext: Settings.Plaintext = .loopback

    /// The settings of an engine.
    package init(seeds: [Endpoint]) {
        self.seeds = seeds
    }

    /// The engine of a process's settings; nil if it keeps all in files.
    ///
    /// - Throws: if the password cannot be read.
    package init?(_ settings: Settings) throws(SettingsError) {
        switch settings.store {
        case .files: return nil
        case .servers(let servers): self.init(seeds: servers.map { .tcp(host: $0.host, port: $0.port) })
        case .socket(let path): self.init(seeds: [.socket(path: path)])
        }
        user = settings.storeUser
        via = settings.storeVia
        local = settings.storeLocal?.string
        patience = .seconds(settings.storePatience)
        replicas = settings.storeReplicas
        plaintext = settings.storePlaintext
        password = try settings.storePasswordFile.map { path throws(SettingsError) in try Self.password(in: path) }
        if user != nil, password == nil {
            throw SettingsError(problems: ["GRANTD_STORE_USER needs a password: set GRANTD_STORE_PASSWORD_FILE."])
        }
    }

    /// Where a connection to a member goes.
    ///
    /// - Throws: if it would be one without TLS to where the settings do not allow that.
    func endpoint(of name: MemberName) throws(EngineFailure) -> Endpoint {
        if name.isSocket { return name.endpoint }
        if let via {
            return .socket(path: name.socket(via))
        }
        guard name.isLoopback || plaintext == .private && name.isPrivate else {
            throw .misconfigured(
                """
                \(name) is on another machine, and a connection without TLS is not allowed: set GRANTD_STORE_VIA, or \
                GRANTD_STORE_PLAINTEXT=private for private addresses
                """
            )
        }
        return name.endpoint
    }

    package var customMirror: Mirror { Mirror(self, children: ["seeds": seeds]) }

    /// The longest password, in bytes.
    private static let longestPassword = 1024

    /// The first line of a file.
    private static func password(in path: FilePath) throws(SettingsError) -> [UInt8] {
        func problem(_ text: String) -> SettingsError {
            SettingsError(problems: ["GRANTD_STORE_PASSWORD_FILE \(path) \(text)."])
        }
        let bytes: [UInt8]
        let status: FileStatus
        do throws(FileStoreError) {
            let directory = try Directory(
                path: path.removingLastComponent().string,
                fileSystem: KernelFileSystem()
            )
            let file = try OpenFile(path.lastComponent?.string ?? "", in: directory, for: .reading)
            status = try file.status()
            bytes = try file.read(longestPassword + 2, at: 0)
        } catch {
            throw problem("cannot be read: \(error)")
        }
        guard status.mode & 0o007 == 0 else { throw problem("has mode \(status.permissions): others may use it") }
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        guard (1...longestPassword).contains(line.count) else { throw problem("holds no password of 1 to 1,024 bytes") }
        return Array(line)
    }
}
