import Foundation
import Glibc
import Linux
import StoreConformance
import Synchronization

/// Something on a unix socket that answers as a test wants it to, whatever it is asked.
final class FakeMember: Sendable {
    /// What is done with one command, by its words.
    enum Answer: Sendable {
        /// These bytes are sent.
        case bytes([UInt8])
        /// A reply of text.
        case text(String)
        /// Nothing is sent.
        case silence
        /// The connection is closed, after these bytes.
        case close(after: [UInt8])
        /// The bytes are sent after so many milliseconds.
        case late(milliseconds: UInt32, [UInt8])
    }

    let path: String
    private let directory: TemporaryDirectory
    private let listener: Int32
    private let script: Script

    /// Commands that it has been asked.
    var questions: [[String]] { script.questions }

    /// Listens.
    ///
    /// - Parameter answer: what to do with a command. ``healthy(_:)`` has the answers of a member that is in order.
    init(_ answer: @escaping @Sendable ([String]) -> Answer) throws {
        directory = try TemporaryDirectory()
        path = directory.path + "/s"
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        script = Script(answer)
        guard let address = UnixAddress(path: path) else { throw POSIXError(.ENAMETOOLONG) }
        let number = listener
        guard unsafe address.withPointer({ unsafe bind(number, $0, $1) }) == 0, listen(listener, 16) == 0 else {
            throw POSIXError(.EADDRINUSE)
        }
        // The threads do not hold the member, so that it ends with its test. This one alone closes the listener: if its end
        // did, the number could be that of the next test's listener by the time that it is accepted from again.
        Thread.detachNewThread { [script, listener] in
            defer { close(listener) }
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                Thread.detachNewThread { script.serve(connection) }
            }
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    /// What a single server that is set up for grantd answers.
    static func healthy(_ words: [String]) -> Answer {
        switch words.first?.uppercased() {
        case "CLUSTER": .text("-ERR This instance has cluster support disabled\r\n")
        case "INFO":
            .text(
                bulk(
                    "run_id:aaaa\r\nmaster_replid:bbbb\r\nrole:master\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n"
                )
            )
        case "FCALL_RO" where words[1] == "grantd_version": .text(":1\r\n")
        case "GET" where words[1] == "k": .text(bulk(String(repeating: "k", count: 32)))
        case "GET": .text(bulk("version1"))
        case "SET": .text("+OK\r\n")
        case "MGET": .text("*2\r\n$-1\r\n" + bulk("version1"))
        case "HGET": .text("$-1\r\n")
        case "DEL": .text(":1\r\n")
        default: .text("-ERR unknown command\r\n")
        }
    }

    /// A bulk string.
    static func bulk(_ text: String) -> String { "$\(text.utf8.count)\r\n\(text)\r\n" }
}

/// What a fake member was asked and answers, on any number of connections.
private final class Script: Sendable {
    private let asked = Mutex<[[String]]>([])
    private let answer: @Sendable ([String]) -> FakeMember.Answer

    init(_ answer: @escaping @Sendable ([String]) -> FakeMember.Answer) {
        self.answer = answer
    }

    var questions: [[String]] { asked.withLock { $0 } }

    func serve(_ connection: Int32) {
        defer { close(connection) }
        var input: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(connection, $0.baseAddress, $0.count, 0) }
            if count <= 0 { return }
            input += buffer[..<count]
            while let words = Self.nextCommand(&input) {
                asked.withLock { $0.append(words) }
                switch answer(words) {
                case .bytes(let bytes): send(bytes, connection)
                case .text(let text): send(Array(text.utf8), connection)
                case .silence: break
                case .close(let bytes):
                    send(bytes, connection)
                    return
                case .late(let milliseconds, let bytes):
                    usleep(milliseconds * 1000)
                    send(bytes, connection)
                }
            }
        }
    }

    private func send(_ bytes: [UInt8], _ connection: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Takes a whole command from what came.
    private static func nextCommand(_ input: inout [UInt8]) -> [String]? {
        var index = 0
        func line() -> String? {
            guard let end = input[index...].firstIndex(of: 13), end + 1 < input.count else { return nil }
            defer { index = end + 2 }
            return String(decoding: input[index..<end], as: UTF8.self)
        }
        guard let head = line(), let count = Int(head.dropFirst()) else { return nil }
        var words: [String] = []
        for _ in 0..<count {
            guard let size = line().flatMap({ Int($0.dropFirst()) }), index + size + 2 <= input.count else {
                return nil
            }
            words.append(String(decoding: input[index..<index + size], as: UTF8.self))
            index += size + 2
        }
        input.removeFirst(index)
        return words
    }
}
