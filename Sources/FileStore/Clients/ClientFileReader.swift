import Glibc
import GrantCore
import SystemPackage

/// What came of reading a client's file.
struct ClientFileReader: ~Copyable {
    /// The file that was read; nil if it could not be opened.
    let opened: OpenFile?
    /// The same file's status, before it was read.
    let status: FileStatus?
    /// What it says, or why it cannot be used.
    let file: Result<ClientFile, ClientFile.Unusable>

    /// Reads a client's file; nil if there is none.
    ///
    /// - Throws: if it is not the file's fault, such as too many open files.
    init?(of id: ClientID, in directory: borrowing Directory, named name: String) throws(FileStoreError) {
        let opened: OpenFile
        do throws(FileStoreError) {
            opened = try OpenFile(name, in: directory, for: .reading)
        } catch  where error.errno == .noSuchFileOrDirectory {
            return nil
        } catch .call(_, _, let errno)
            where [.permissionDenied, .notPermitted, .tooManySymbolicLinkLevels].contains(errno)
        {
            self.opened = nil
            status = nil
            file = .failure(ClientFile.Unusable(reason: "it cannot be opened: \(errno)"))
            return
        }
        let status = try opened.status()
        let bytes = status.isRegularFile ? try opened.read(ClientFile.sizeLimit + 1, at: 0) : []
        self.opened = consume opened
        self.status = status
        file = Self.parse(bytes, of: id, status)
    }

    /// The file, for a caller that keeps it open.
    consuming func takeFile() -> OpenFile? { opened }

    private static func parse(
        _ bytes: [UInt8],
        of id: ClientID,
        _ status: FileStatus
    ) -> Result<ClientFile, ClientFile.Unusable> {
        Result { () throws(ClientFile.Unusable) in
            guard status.isRegularFile else { throw ClientFile.Unusable(reason: "it is not a regular file") }
            guard status.isPrivate else {
                throw ClientFile.Unusable(reason: "its mode \(status.permissions) lets others than its owner use it")
            }
            guard bytes.count <= ClientFile.sizeLimit else {
                throw ClientFile.Unusable(reason: "it is longer than \(ClientFile.sizeLimit) bytes")
            }
            return try ClientFile(bytes, of: id)
        }
    }
}

extension FileStatus {
    fileprivate var isRegularFile: Bool { mode & S_IFMT == S_IFREG }
}
