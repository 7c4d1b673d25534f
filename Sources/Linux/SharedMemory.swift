import CLinux
import Glibc

/// A part of a file, mapped as 64-bit numbers that several processes share (`mmap(2)`, `MAP_SHARED`).
///
/// If the file loses its pages (it is truncated, or the disk is full or fails), an access raises `SIGBUS`. A handler then
/// puts private memory in their place, and the process goes on without sharing.
@safe package struct SharedMemory: ~Copyable {
    private let words: UnsafeMutablePointer<UInt64>
    /// How many numbers there are.
    package let count: Int
    private let isMapped: Bool

    /// Maps bytes of an open file.
    ///
    /// - Parameters:
    ///   - offset: the first byte, at a page boundary.
    ///   - count: the number of 64-bit numbers.
    package init(_ descriptor: Int32, at offset: Int64, count: Int) throws(SystemCallFailure) {
        let length = count * MemoryLayout<UInt64>.stride
        // Sound: a mapping of this size, which ends with this value.
        let address = unsafe mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, off_t(offset))
        guard let address = unsafe address, unsafe address != MAP_FAILED else { throw .last("mmap") }
        unsafe words = address.bindMemory(to: UInt64.self, capacity: count)
        self.count = count
        isMapped = true
        unsafe LostPages.watch(address, length)
    }

    /// Private memory of this process.
    package init(ownCount count: Int) {
        unsafe words = .allocate(capacity: count)
        unsafe words.initialize(repeating: 0, count: count)
        self.count = count
        isMapped = false
    }

    deinit {
        if isMapped {
            unsafe LostPages.unwatch(words)
            unsafe munmap(words, count * MemoryLayout<UInt64>.stride)
        } else {
            unsafe words.deallocate()
        }
    }

    /// Whether other processes see what is written: it is mapped and has lost no page.
    package var isShared: Bool { unsafe isMapped && !LostPages.haveLost(words) }

    /// The number at an index, which has to be less than ``count``.
    package subscript(index: Int) -> UInt64 {
        get {
            precondition(index >= 0 && index < count)
            return unsafe words[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < count)
            unsafe words[index] = newValue
        }
    }

    /// Adds to a number that only this process writes.
    package func add(_ value: UInt64, at index: Int) {
        precondition(index >= 0 && index < count)
        unsafe words[index] &+= value
    }

    /// Adds to a number that several processes write, atomically.
    package func addShared(_ value: UInt64, at index: Int) {
        precondition(index >= 0 && index < count)
        unsafe linux_add(words + index, value)
    }
}

/// The mappings that the handler of `SIGBUS` knows.
@safe private enum LostPages {
    private struct Mapping {
        var start: UInt = 0
        var length: UInt = 0
        var isLost = false
    }

    /// A process has at most four: counts and clients, of the old file and of the one that replaces it.
    private static let capacity = 8
    // Sound: one thread changes the table, and it is complete before a page of the mapping can be lost.
    nonisolated(unsafe) private static let mappings: UnsafeMutablePointer<Mapping> = {
        let mappings = UnsafeMutablePointer<Mapping>.allocate(capacity: capacity)
        unsafe mappings.initialize(repeating: Mapping(), count: capacity)
        return unsafe mappings
    }()
    nonisolated(unsafe) private static var isHandled = false

    /// Adds a mapping, and installs the handler with the first one.
    static func watch(_ address: UnsafeMutableRawPointer, _ length: Int) {
        let mappings = unsafe mappings
        guard let free = (0..<capacity).first(where: { unsafe mappings[$0].length == 0 }) else { return }
        unsafe mappings[free].start = UInt(bitPattern: address)
        unsafe mappings[free].isLost = false
        unsafe mappings[free].length = UInt(length)
        guard unsafe !isHandled else { return }
        unsafe isHandled = true
        _ = unsafe linux_handle_signal(SIGBUS) { _, information, _ in
            if unsafe !LostPages.replace(linux_fault_address(information)) { _ = signal(SIGBUS, SIG_DFL) }
        }
    }

    /// Whether a mapping has lost pages, or did not fit in the table.
    static func haveLost(_ address: UnsafeMutablePointer<UInt64>) -> Bool {
        let mappings = unsafe mappings
        for index in 0..<capacity where unsafe mappings[index].start == UInt(bitPattern: address) {
            return unsafe mappings[index].isLost
        }
        return true
    }

    /// Removes a mapping.
    static func unwatch(_ address: UnsafeMutablePointer<UInt64>) {
        let mappings = unsafe mappings
        for index in 0..<capacity where unsafe mappings[index].start == UInt(bitPattern: address) {
            unsafe mappings[index].length = 0
            unsafe mappings[index].start = 0
        }
    }

    /// Replaces the mapping around an address with private memory; false if there is none.
    ///
    /// It runs in a signal handler and calls only `mmap(2)`.
    private static func replace(_ address: UnsafeMutableRawPointer?) -> Bool {
        let number = UInt(bitPattern: address)
        let mappings = unsafe mappings
        for index in 0..<capacity {
            let mapping = unsafe mappings[index]
            guard mapping.length > 0, number >= mapping.start, number - mapping.start < mapping.length else { continue }
            unsafe mappings[index].isLost = true
            let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED
            let start = unsafe UnsafeMutableRawPointer(bitPattern: mapping.start)
            return unsafe mmap(start, Int(mapping.length), PROT_READ | PROT_WRITE, flags, -1, 0) != MAP_FAILED
        }
        return false
    }
}
