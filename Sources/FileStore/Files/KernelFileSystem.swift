import CLinux
import Glibc
package import GrantCore
import SystemPackage

/// The running system's own file system.
///
/// `unsafe` here is what the C functions need: each pointer comes from an array or a local that outlives the call.
package struct KernelFileSystem: FileSystem {
    /// Clocks in the place of the kernel's.
    private let clocks: (@Sendable () -> (now: Timestamp, sinceBoot: Int64))?

    /// The running system's own.
    ///
    /// - Parameter clocks: clocks to use in the place of the kernel's, for tests.
    package init(clocks: (@Sendable () -> (now: Timestamp, sinceBoot: Int64))? = nil) {
        self.clocks = clocks
    }

    package func open(_ name: String, in parent: Int32?, for use: FileUse) throws(FileStoreError) -> Int32 {
        let flags =
            switch use {
            case .reading: O_RDONLY
            case .updating: O_RDWR
            case .updatingOrCreating: O_RDWR | O_CREAT
            case .appending: O_RDWR | O_CREAT | O_APPEND
            case .creating: O_RDWR | O_CREAT | O_EXCL
            case .directory: O_RDONLY | O_DIRECTORY
            }
        let links = parent == nil ? 0 : O_NOFOLLOW
        return try call("openat", name) {
            unsafe openat(parent ?? AT_FDCWD, name, flags | links | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0o600)
        }
    }

    package func close(_ descriptor: Int32) {
        _ = Glibc.close(descriptor)
    }

    package func makeDirectory(_ name: String, in parent: Int32?) throws(FileStoreError) -> Bool {
        do {
            _ = try call("mkdirat", name) { unsafe mkdirat(parent ?? AT_FDCWD, name, 0o700) }
            return true
        } catch  where error.errno == .fileExists {
            return false
        }
    }

    package func status(of descriptor: Int32) throws(FileStoreError) -> FileStatus {
        var status = stat()
        _ = try call("fstat") { unsafe fstat(descriptor, &status) }
        return FileStatus(status)
    }

    package func linkCount(of descriptor: Int32) throws(FileStoreError) -> Int {
        try call("statx") { linux_link_count(descriptor) }
    }

    package func status(of name: String, in parent: Int32) throws(FileStoreError) -> FileStatus? {
        try status(of: name, in: parent, AT_SYMLINK_NOFOLLOW)
    }

    package func status(atPath path: String) throws(FileStoreError) -> FileStatus? {
        try status(of: path, in: AT_FDCWD, 0)
    }

    private func status(of name: String, in parent: Int32, _ flags: Int32) throws(FileStoreError) -> FileStatus? {
        var status = stat()
        do {
            _ = try call("fstatat", name) { unsafe fstatat(parent, name, &status, flags) }
            return FileStatus(status)
        } catch  where error.errno == .noSuchFileOrDirectory {
            return nil
        }
    }

    package func read(_ count: Int, at offset: Int64, from descriptor: Int32) throws(FileStoreError) -> [UInt8] {
        var failure: FileStoreError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(FileStoreError) {
                filled = try call("pread") { unsafe pread(descriptor, buffer.baseAddress, count, off_t(offset)) }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    package func write(_ bytes: ArraySlice<UInt8>, at offset: Int64, to descriptor: Int32) throws(FileStoreError) -> Int
    {
        try call("pwrite") {
            unsafe bytes.withUnsafeBytes { buffer in
                unsafe pwrite(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            }
        }
    }

    package func syncData(_ descriptor: Int32) throws(FileStoreError) {
        guard fdatasync(descriptor) == 0 else { throw FileStoreError("fdatasync", Errno.last) }
    }

    package func sync(_ descriptor: Int32) throws(FileStoreError) {
        guard fsync(descriptor) == 0 else { throw FileStoreError("fsync", Errno.last) }
    }

    package func lock(_ descriptor: Int32) throws(FileStoreError) {
        _ = try call("flock") { flock(descriptor, LOCK_EX) }
    }

    package func unlock(_ descriptor: Int32) {
        _ = flock(descriptor, LOCK_UN)
    }

    package func rename(_ name: String, to newName: String, in parent: Int32) throws(FileStoreError) {
        _ = try call("renameat", newName) { unsafe renameat(parent, name, parent, newName) }
    }

    package func unlink(_ name: String, in parent: Int32) throws(FileStoreError) -> Bool {
        do {
            _ = try call("unlinkat", name) { unsafe unlinkat(parent, name, 0) }
            return true
        } catch  where error.errno == .noSuchFileOrDirectory {
            return false
        }
    }

    package func names(in directory: Int32) throws(FileStoreError) -> [String] {
        // A descriptor of its own: fdopendir(3) takes over the one that it is given, and its position.
        let own = try open(".", in: directory, for: .directory)
        guard let stream = unsafe fdopendir(own) else {
            let errno = Errno.last
            close(own)
            throw FileStoreError("fdopendir", errno)
        }
        defer { _ = unsafe closedir(stream) }
        var names: [String] = []
        while true {
            Glibc.errno = 0
            guard let entry = unsafe readdir(stream) else { break }
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        guard Glibc.errno == 0 else { throw FileStoreError("readdir", Errno.last) }
        return names
    }

    package func changeOwner(of descriptor: Int32, to owner: UInt32, group: UInt32) throws(FileStoreError) {
        _ = try call("fchown") { fchown(descriptor, owner, group) }
    }

    package var effectiveUser: UInt32 { geteuid() }

    package var now: Timestamp {
        clocks?().now ?? Timestamp(microseconds: Self.microseconds(of: CLOCK_REALTIME))
    }

    package var sinceBoot: Int64 { clocks?().sinceBoot ?? Self.microseconds(of: CLOCK_BOOTTIME) }

    private static func microseconds(of clock: clockid_t) -> Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// Makes a call again for as long as signals interrupt it; −1 is its failure.
    private func call<Result: SignedInteger>(
        _ name: String,
        _ file: String = "",
        _ body: () -> Result
    ) throws(FileStoreError) -> Result {
        while true {
            let result = body()
            if result != -1 { return result }
            let errno = Errno.last
            if errno != .interrupted { throw FileStoreError(name, on: file, errno) }
        }
    }
}

extension Errno {
    /// What the last failed call of this thread left in `errno(3)`.
    fileprivate static var last: Errno { Errno(rawValue: Glibc.errno) }
}

extension FileStatus {
    fileprivate init(_ status: stat) {
        self.init(
            device: UInt64(status.st_dev),
            inode: UInt64(status.st_ino),
            mode: status.st_mode,
            owner: status.st_uid,
            group: status.st_gid,
            links: UInt64(status.st_nlink),
            size: Int64(status.st_size),
            modifiedAt: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec),
            changedAt: Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
        )
    }
}
