import Glibc
package import GrantCore
import SystemPackage

/// The clients that a directory declares, a file each, and all that is wrong with it.
package struct DeclaredClients {
    /// What is wrong with a file or with the directory.
    package struct Fault: Error, Equatable {
        /// The file's name, or the directory's path.
        package let file: String
        /// What is wrong, as the end of the sentence "FILE: …"; it holds no value of a member.
        package let reason: String

        /// Describes what is wrong.
        package init(file: String, reason: String) {
            self.file = file
            self.reason = reason
        }
    }

    /// The declared clients, by their files' names.
    package private(set) var clients: [DeclaredClient] = []
    /// What is wrong, by the files' names.
    package private(set) var faults: [Fault] = []

    private var filesOf: [ClientID: String] = [:]

    /// Reads a directory. Names that begin with a dot are passed over; every other name has to be a client's file.
    package init(in path: String, fileSystem: any FileSystem = KernelFileSystem()) {
        do throws(FileStoreError) {
            let directory = try Directory(path: path, fileSystem: fileSystem)
            let names = try directory.names().sorted()
            for name in names where !name.hasPrefix(".") { take(name, in: directory) }
        } catch {
            faults = [Fault(file: path, reason: "the directory cannot be read: \(Self.describe(error))")]
        }
    }

    private mutating func take(_ name: String, in directory: borrowing Directory) {
        do throws(ClientFile.Unusable) {
            let client = try DeclaredClient(Self.read(name, in: directory))
            let other = filesOf.updateValue(name, forKey: client.id)
            if let other { throw ClientFile.Unusable(reason: "its client_id is that of \(other), too") }
            try Self.requireName(name, for: client.id)
            clients.append(client)
        } catch {
            faults.append(Fault(file: name, reason: error.reason))
        }
    }

    /// The name of the file in which a client is declared and registered; nil if it would be too long.
    package static func fileName(for id: ClientID) -> String? { ClientFileName.name(for: id) }

    private static func requireName(_ name: String, for id: ClientID) throws(ClientFile.Unusable) {
        guard let right = ClientFileName.name(for: id) else {
            throw ClientFile.Unusable(reason: "its client_id is too long for the name of a file")
        }
        guard right.utf8.elementsEqual(name.utf8) else {
            throw ClientFile.Unusable(reason: "by its client_id its name has to be \(right)")
        }
    }

    private static func describe(_ error: FileStoreError) -> String { error.errno.map { "\($0)" } ?? "\(error)" }

    private static func read(
        _ name: String,
        in directory: borrowing Directory
    ) throws(ClientFile.Unusable) -> [UInt8] {
        guard name.hasSuffix(".json") else {
            throw ClientFile.Unusable(reason: "its name does not end in .json; only clients' files may be here")
        }
        let contents: Result<[UInt8], ClientFile.Unusable>
        do throws(FileStoreError) {
            contents = try Self.contents(of: name, in: directory)
        } catch {
            throw ClientFile.Unusable(reason: "it cannot be read: \(Self.describe(error))")
        }
        return try contents.get()
    }

    private static func contents(
        of name: String,
        in directory: borrowing Directory
    ) throws(FileStoreError) -> Result<[UInt8], ClientFile.Unusable> {
        // A link, a pipe or a device is told before it is opened.
        if let status = try directory.status(of: name), let problem = problem(of: status) {
            return .failure(ClientFile.Unusable(reason: problem))
        }
        let file = try OpenFile(name, in: directory, for: .reading)
        if let problem = problem(of: try file.status()) { return .failure(ClientFile.Unusable(reason: problem)) }
        let bytes = try file.read(ClientFile.sizeLimit + 1, at: 0)
        guard bytes.count <= ClientFile.sizeLimit else {
            return .failure(ClientFile.Unusable(reason: "it is longer than \(ClientFile.sizeLimit) bytes"))
        }
        return .success(bytes)
    }

    private static func problem(of status: FileStatus) -> String? {
        switch status.mode & S_IFMT {
        case S_IFREG:
            status.mode & 0o002 == 0 ? nil : "its mode \(status.permissions) lets every user write to it"
        case S_IFLNK: "it is a symbolic link; the file itself has to be here"
        case S_IFDIR: "it is a directory; only clients' files may be here"
        default: "it is not a regular file"
        }
    }
}
