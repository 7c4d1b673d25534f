import Glibc
package import Linux

/// What a worker says of its start, to the supervisor that reads it from a pipe.
///
/// A zero byte says that it serves; anything else is the sentence why it does not. An older supervisor may start a newer
/// program, so this, descriptors 0 and 3, and `--supervisor` stay what they are.
package final class StartReport {
    /// What a worker is known to have said.
    package enum Word: Equatable {
        /// It serves.
        case ready
        /// It will end, for this reason; an empty one if it said none.
        case failed(String)
    }

    package static let readyByte: UInt8 = 0
    private static let longestSentence = 4096

    private let descriptor: Descriptor
    private var bytes: [UInt8] = []

    /// Reads from a descriptor that never blocks.
    package init(_ descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// The descriptor to wait for.
    package var number: Int32 { descriptor.number }

    /// Takes what has come; nil if that is not all yet.
    package func read() -> Word? {
        var buffer: [64 of UInt8] = .init(repeating: 0)
        while true {
            var span = buffer.mutableSpan
            // Sound: read writes within the buffer, whose size it is given.
            let count = unsafe span.withUnsafeMutableBytes { unsafe Glibc.read(number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return nil }
            for index in 0..<max(0, count) where bytes.count < Self.longestSentence { bytes.append(buffer[index]) }
            if bytes.first == Self.readyByte { return .ready }
            if count <= 0 { return .failed(String(decoding: bytes, as: UTF8.self)) }
        }
    }
}
