import Crypto
import GrantCore

/// What a file of grants holds of one grant, in whole cells of 64 bytes:
///
///     0   bytes of content
///     2   CRC-32 of the content
///     6   the content: the client's id, a NUL, the scope; with a generation or an audience, another NUL and the
///         generation; with an audience, another NUL and its names, separated by spaces
///
/// Cells, so that a torn record costs itself alone: a reader takes the next cell for the start of a record.
enum GrantRecord {
    /// Bytes of a cell.
    static let cellSize = 64
    /// Bytes before the content.
    static let headerSize = 6

    /// The content of a grant's record.
    static func content(of grant: Grant) -> [UInt8] {
        var content = Array("\(grant.clientID.value)\0\(grant.scope)".utf8)
        if grant.generation != nil || !grant.audience.isEmpty {
            content.append(0)
            content += (grant.generation?.value ?? "").utf8
        }
        if !grant.audience.isEmpty {
            content.append(0)
            content += grant.audience.names.joined(separator: " ").utf8
        }
        return content
    }

    /// The digest by which a slot knows a grant.
    static func fingerprint(of content: [UInt8]) -> UInt64 {
        Array(SHA256.hash(data: content))[...].littleEndian(at: 0, as: UInt64.self)
    }

    /// A record as it is written; nil if the content is longer than 65,535 bytes.
    static func bytes(of content: [UInt8]) -> [UInt8]? {
        guard let count = UInt16(exactly: content.count) else { return nil }
        var bytes: [UInt8] = []
        bytes.append(littleEndian: count)
        bytes.append(littleEndian: CRC32.checksum(content[...]))
        bytes += content
        return bytes + [UInt8](repeating: 0, count: cells(for: content.count) * cellSize - bytes.count)
    }

    /// How many bytes of content a record has that starts here; nil if none can start.
    static func contentCount(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= headerSize else { return nil }
        let count = Int(bytes.littleEndian(at: 0, as: UInt16.self))
        return count == 0 ? nil : count
    }

    /// The content of the record that starts here; nil if there is none, or not all of it, or it is damaged.
    static func content(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        guard let count = contentCount(bytes), bytes.count >= headerSize + count else { return nil }
        let content = bytes.dropFirst(headerSize).prefix(count)
        return bytes.littleEndian(at: 2, as: UInt32.self) == CRC32.checksum(content) ? Array(content) : nil
    }

    /// The grant that a content stands for; nil if that grant would be written otherwise.
    static func grant(_ content: [UInt8]) -> Grant? {
        let parts = content.split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard parts.count >= 2, let id = ClientID(parts[0]), let scope = Scope(parts[1]),
            let audience = Audience(separatedBySpaces: parts.count > 3 ? parts[3] : "")
        else { return nil }
        let generation = parts.count > 2 ? Generation(parts[2]) : nil
        let grant = Grant(clientID: id, scope: scope, generation: generation, audience: audience)
        return self.content(of: grant) == content ? grant : nil
    }

    /// How many cells a record takes.
    static func cells(for contentCount: Int) -> Int {
        (headerSize + contentCount + cellSize - 1) / cellSize
    }
}
