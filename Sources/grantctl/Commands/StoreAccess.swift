import ArgumentParser
import Crypto
import Encoding
import FileStore
import RedisStore

/// `grantctl store acl`
struct StoreAccess: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acl",
        abstract: "Makes the engine's users, with new passwords.",
        discussion: """
            It writes four password files of mode 0600 into a directory, and prints the lines of the engine's ACL file \
            (aclfile), which hold hashes of them: grantd.password is for the workers, grantd-admin.password for \
            grantctl, redis-replica.password for replicas (masteruser replica) and redis-admin.password for redis-cli. \
            Files that are there are used as they are, so that every machine can print the same lines.

            EXAMPLES:
              grantctl store acl /etc/grantd > /etc/redis/users.acl
            """
    )

    @Argument(help: "The directory of the password files.", completion: .directory)
    var directory: String

    func run() throws {
        do {
            let lines = EngineAccess.lines(
                worker: try Self.hash("grantd.password", in: directory),
                administrator: try Self.hash("grantd-admin.password", in: directory),
                replica: try Self.hash("redis-replica.password", in: directory),
                keeper: try Self.hash("redis-admin.password", in: directory)
            )
            try Report(json: lines, text: lines.joined(separator: "\n")).print(asJSON: false)
        } catch let failure as FileStoreError {
            throw Self.tell("\(directory): \(failure)")
        } catch let problem as any Problem {
            throw Self.tell(problem.description)
        }
    }

    private static func tell(_ text: String) -> ExitCode {
        printToStandardError("grantctl: \(text.printable)")
        return .inputOutput
    }

    /// The SHA-256 of the first line of a password file, which is made if it is missing.
    private static func hash(_ name: String, in path: String) throws(FileStoreError) -> String {
        let directory = try Directory(path: path, fileSystem: KernelFileSystem())
        if try directory.status(of: name) == nil {
            let password = Array(Base64.url.encode(SecureRandom.bytes(32)).utf8)
            try directory.withExclusiveLock { () throws(FileStoreError) in
                if try directory.status(of: name) == nil {
                    try directory.publish(password + [UInt8(ascii: "\n")], as: name)
                }
            }
        }
        let bytes = try OpenFile(name, in: directory, for: .reading).read(1024, at: 0)
        return Hex.encode(SHA256.hash(data: bytes.prefix { $0 != UInt8(ascii: "\n") }))
    }
}
