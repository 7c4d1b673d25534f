import Glibc
import Linux
import SystemPackage

/// The open file of counters of a state directory.
package final class CounterFile {
    let descriptor: Descriptor
    private let directory: String
    private var path: String { "\(directory)/\(CounterFormat.name)" }

    /// Opens the file for counting, and creates or replaces it if it is missing, damaged or foreign.
    ///
    /// - Parameters:
    ///   - directory: the path of the state directory.
    ///   - damaged: a file that this process has used and found damaged; it is replaced whatever its header says.
    ///   - patience: how long to wait for a lock.
    package init(
        in directory: String,
        inPlaceOf damaged: CounterFile? = nil,
        patience: Duration = .seconds(1)
    ) throws(CountersFault) {
        self.directory = directory
        // Sound: the call reads a string that lives through it; the lock goes with the descriptor.
        let lock = Descriptor(owning: unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        guard lock.number >= 0 else { throw .last("open") }
        try Self.lock(lock.number, "the state directory", patience)
        let path = "\(directory)/\(CounterFormat.name)"
        do throws(CountersFault) {
            if let damaged, damaged.isNamed, !damaged.isCurrent { throw .foreign }
            descriptor = try Self.opened(path, O_RDWR)
        } catch .missing, .foreign {
            descriptor = try Self.made(path)
        }
    }

    /// Opens the file for reading.
    package init(reading directory: String) throws(CountersFault) {
        self.directory = directory
        descriptor = try Self.opened("\(directory)/\(CounterFormat.name)", O_RDONLY)
    }

    /// Whether the file is undamaged and still has its name.
    package var isCurrent: Bool { isNamed && (try? Self.requireUsable(descriptor.number)) != nil }

    /// Whether the file still has its name.
    private var isNamed: Bool {
        var (own, named) = (stat(), stat())
        // Sound: the calls fill local values.
        guard unsafe fstat(descriptor.number, &own) == 0, unsafe lstat(path, &named) == 0 else { return false }
        return own.st_ino == named.st_ino && own.st_dev == named.st_dev
    }

    /// Reads bytes; fewer if the file ends before.
    func read(_ count: Int, at offset: Int64) throws(CountersFault) -> [UInt8] {
        try Self.read(count, at: offset, from: descriptor.number)
    }

    /// Writes bytes.
    func write(_ bytes: [UInt8], at offset: Int64) throws(CountersFault) {
        try Self.write(bytes, at: offset, to: descriptor.number)
    }

    /// The number at an offset, or zero if the file ends before it.
    func number(at offset: Int64) throws(CountersFault) -> UInt64 {
        let bytes = try read(8, at: offset)
        return bytes.count == 8 ? bytes[...].number(at: 0) : 0
    }

    /// Writes a number.
    func write(_ number: UInt64, at offset: Int64) throws(CountersFault) {
        var bytes: [UInt8] = []
        bytes.append(number: number)
        try write(bytes, at: offset)
    }

    /// Runs an action under the file's lock, which guards claims of areas and entries.
    func whileLocked<Result>(
        patience: Duration,
        _ action: () throws(CountersFault) -> Result
    ) throws(CountersFault) -> Result {
        try Self.lock(descriptor.number, CounterFormat.name, patience)
        defer { flock(descriptor.number, LOCK_UN) }
        return try action()
    }

    /// Takes a lock that grantd holds for microseconds, but that another program may hold indefinitely.
    private static func lock(_ number: Int32, _ name: String, _ patience: Duration) throws(CountersFault) {
        let end = ContinuousClock.now + patience
        while flock(number, LOCK_EX | LOCK_NB) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK where .now < end: usleep(500)
            case EWOULDBLOCK: throw .locked(name)
            default: throw .last("flock")
            }
        }
    }

    private static func opened(_ path: String, _ mode: Int32) throws(CountersFault) -> Descriptor {
        // Sound: the call reads a string that lives through it. A pipe must not keep it waiting.
        let number = unsafe open(path, mode | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else {
            switch errno {
            case ENOENT: throw .missing
            case ELOOP, EISDIR, ENXIO, EPERM: throw .foreign
            case EACCES where mode == O_RDWR: throw .foreign
            default: throw .last("open")
            }
        }
        let descriptor = Descriptor(owning: number)
        try requireUsable(number)
        return descriptor
    }

    private static func requireUsable(_ number: Int32) throws(CountersFault) {
        var status = stat()
        // Sound: the call fills a local value.
        guard unsafe fstat(number, &status) == 0 else { throw .last("fstat") }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 == 0 else { throw .foreign }
        let magic = try read(CounterFormat.magic.count, at: 0, from: number)
        if magic == CounterFormat.magic {
            guard status.st_size == CounterFormat.size else { throw .foreign }
            return
        }
        // A file of another version is kept while a process of that version uses it.
        guard magic.starts(with: Array("grantd counters ".utf8)),
            ByteRangeLock(0, length: .max).isHeldByAnother(than: number)
        else { throw .foreign }
        throw .otherVersion
    }

    /// Creates an empty file in place of what is there, unless that is a directory.
    private static func made(_ path: String) throws(CountersFault) -> Descriptor {
        let temporary = "\(path).new"
        // Sound: the calls read strings that live through them, and fill a local value.
        unsafe unlinkat(AT_FDCWD, temporary, 0)
        let number = unsafe open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw .last("open") }
        let descriptor = Descriptor(owning: number)
        do throws(CountersFault) {
            var header = CounterFormat.magic
            header += [UInt8](repeating: 0, count: Int(CounterFormat.madeAt) - header.count)
            header.append(number: UInt64(clamping: WallClock.now))
            try write(header, at: 0, to: number)
            try write([0], at: CounterFormat.size - 1, to: number)
            guard unsafe renameat(AT_FDCWD, temporary, AT_FDCWD, path) == 0 else { throw .last("rename") }
        } catch {
            unsafe unlinkat(AT_FDCWD, temporary, 0)
            throw error
        }
        return descriptor
    }

    private static func read(_ count: Int, at offset: Int64, from number: Int32) throws(CountersFault) -> [UInt8] {
        var result = 0
        // Sound: pread fills the buffer up to its own count, and says how far.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            result = unsafe pread(number, buffer.baseAddress, buffer.count, off_t(offset))
            initialized = max(0, result)
        }
        guard result >= 0 else { throw .last("pread") }
        return bytes
    }

    private static func write(_ bytes: [UInt8], at offset: Int64, to number: Int32) throws(CountersFault) {
        // Sound: within the array, which lives through the call.
        let written = unsafe bytes.withUnsafeBytes { unsafe pwrite(number, $0.baseAddress, $0.count, off_t(offset)) }
        guard written == bytes.count else { throw written < 0 ? .last("pwrite") : .call("pwrite", .noSpace) }
    }
}

/// What the last failed call of this thread left in `errno(3)`.
func lastErrno() -> Int32 { errno }
