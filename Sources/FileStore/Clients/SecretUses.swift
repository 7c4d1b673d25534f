import Encoding
package import GrantCore
import SystemPackage

/// When each client's secrets were last used, to within an hour: one small file a client in `used/`.
///
/// It is a help to administrators, and may be lost: nothing is synced, and a failure refuses no request. A process writes at
/// most once an hour and secret, and looks first whether another has; all other requests cost a look into its memory.
package final class SecretUses: SecretUseObserver {
    /// How exact the times are, in seconds.
    package static let accuracy: Int64 = 3600
    /// After how many seconds a failed attempt is made again.
    private static let pause: Int64 = 60
    /// How many secrets are remembered.
    private static let memoryLimit = 4096

    private let state: StateDirectory
    private let report: (StoreReport) -> Void
    private var remembered: [Key: Rest] = [:]

    private struct Key: Hashable {
        let client: ClientID
        let secret: SecretHash
    }

    /// The time in which a secret's use is nothing new.
    private struct Rest {
        let from: Timestamp
        let to: Timestamp
    }

    /// The uses that are recorded in a state directory.
    ///
    /// - Parameter report: hears that a use could not be recorded.
    package init(in state: StateDirectory, report: @escaping (StoreReport) -> Void = { _ in }) {
        self.state = state
        self.report = report
    }

    package func used(_ secret: SecretHash, of client: Client, at now: Timestamp) {
        let key = Key(client: client.id, secret: secret)
        // A clock that was set back makes every time news.
        if let rest = remembered[key], rest.from <= now, now < rest.to { return }
        if remembered.count >= Self.memoryLimit { _ = remembered.remove(at: remembered.startIndex) }
        do throws(FileStoreError) {
            let recorded = try record(secret, of: client, at: now)
            remembered[key] = Rest(from: recorded, to: recorded.adding(seconds: Self.accuracy))
        } catch {
            remembered[key] = Rest(from: now, to: now.adding(seconds: Self.pause))
            report(.useNotRecorded(error.storageError))
        }
    }

    /// When the client's secrets were last used, by their short names; each may have been used for an hour after that.
    package func lastUses(of client: ClientID) throws(StorageError) -> [String: Timestamp] {
        guard let name = ClientFileName.name(for: client) else { return [:] }
        do throws(FileStoreError) {
            return try SecretUseFile(named: name, in: directory(making: false)).lastUses
        } catch  where error.errno == .noSuchFileOrDirectory {
            return [:]
        } catch {
            throw error.storageError
        }
    }

    /// Forgets a client that was removed. Failures are ignored.
    package func forget(_ client: ClientID) {
        guard let name = ClientFileName.name(for: client) else { return }
        do throws(FileStoreError) {
            _ = try directory(making: false).unlink(name)
        } catch {
            return
        }
    }

    /// Records a use, unless another process has within the hour.
    ///
    /// - Returns: the time that is on record.
    private func record(_ secret: SecretHash, of client: Client, at now: Timestamp) throws(FileStoreError) -> Timestamp
    {
        guard let name = ClientFileName.name(for: client.id) else { return now }
        let directory = try directory(making: true)
        let id = secret.shortID
        try directory.fileSystem.lock(directory.descriptor)
        defer { directory.fileSystem.unlock(directory.descriptor) }
        var file = try SecretUseFile(named: name, in: directory)
        if let known = file.lastUses[id], known <= now, now < known.adding(seconds: Self.accuracy) { return known }
        file.lastUses[id] = Timestamp(seconds: now.seconds)
        // What has been rotated away goes.
        let kept = Set(client.secrets.map(\.hash.shortID))
        file.lastUses = file.lastUses.filter { kept.contains($0.key) }
        try file.replace(name, in: directory)
        return now
    }

    private func directory(making isMaking: Bool) throws(FileStoreError) -> Directory {
        let root = try Directory("..", in: state.clients)
        if isMaking { _ = try root.fileSystem.makeDirectory("used", in: root.descriptor) }
        return try Directory("used", in: root)
    }
}

/// A client's file in `used/`: a line for each secret, its short name and the seconds since 1970 of its last use.
private struct SecretUseFile {
    private static let sizeLimit = 65_536

    var lastUses: [String: Timestamp] = [:]

    /// Reads a file; one that is not there or makes no sense says nothing.
    init(named name: String, in directory: borrowing Directory) throws(FileStoreError) {
        do throws(FileStoreError) {
            let file = try OpenFile(name, in: directory, for: .reading)
            let text = String(decoding: try file.read(Self.sizeLimit, at: 0), as: UTF8.self)
            // What a power cut left of it: a line without its end, or with zeros in it, is none.
            for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                let words = line.split(separator: " ")
                guard words.count == 2, words[0].utf8.count == 8, Hex.decode(words[0].utf8) != nil,
                    let seconds = Int64(words[1])
                else { continue }
                lastUses[String(words[0])] = Timestamp(seconds: seconds)
            }
        } catch  where error.errno == .noSuchFileOrDirectory {
            return
        }
    }

    /// Puts the file in place, whole, to be called under the directory's lock.
    func replace(_ name: String, in directory: borrowing Directory) throws(FileStoreError) {
        let draft = ".recording"
        // One that is left holds another client's lines, which might show through if this is torn.
        _ = try directory.unlink(draft)
        let text = lastUses.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.seconds)\n" }.joined()
        let file = try OpenFile(draft, in: directory, for: .creating)
        try file.write(Array(text.utf8), at: 0)
        try directory.fileSystem.rename(draft, to: name, in: directory.descriptor)
    }
}
