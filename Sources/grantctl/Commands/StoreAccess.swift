import ArgumentParser
import Crypto
import FileStore
import GrantCore
import RedisStore

/// `grantctl store acl`
struct StoreAccess: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acl",
        abstract: "Makes the engine's users, with new passwords.",
        discussion: """
            It writes two password files of mode 0600 into a directory, grantd.password for the workers and \
            grantd-admin.password for grantctl, and prints the lines of the engine's ACL file (aclfile), which hold \
            hashes of them. Files that are there are used as they are, so that every machine can print the same lines.

            EXAMPLES:
              grantctl store acl /etc/grantd > /etc/redis/users.acl
            """
    )

    @Argument(help: "The directory of the password files.", completion: .directory)
    var directory: String

    func run() throws {
        do {
            let worker = try Self.password("grantd.password", in: directory)
            let administrator = try Self.password("grantd-admin.password", in: directory)
            let lines = EngineAccess.lines(worker: Self.hash(worker), administrator: Self.hash(administrator))
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

    /// The first line of a password file, which is made if it is missing.
    private static func password(_ name: String, in path: String) throws(FileStoreError) -> [UInt8] {
        let directory = try Directory(path: path, fileSystem: KernelFileSystem())
        if try directory.status(of: name) == nil {
            let password = Array(Base64.url.encode(SecureRandom.bytes(32)).utf8)
            try directory.withExclusiveLock { () throws(FileStoreError) in
                if try directory.status(of: name) == nil { try directory.publish(password + [UInt8(ascii: "\n")], as: name) }
            }
        }
        let bytes = try OpenFile(name, in: directory, for: .reading).read(1024, at: 0)
        return Array(bytes.prefix { $0 != UInt8(ascii: "\n") })
    }

    private static func hash(_ password: [UInt8]) -> String {
        Hex.encode(SHA256.hash(data: password))
    }
}
