import GrantCore

/// A line `id:hash`, as htpasswd(5) and shadow(5) write them.
enum HashedLine {
    /// Why a line makes no client; it holds nothing of the hash.
    struct Refusal: Error, Equatable {
        let reason: String
    }

    /// What each line says, with its number, counted from one; without the lines that are empty or comments.
    static func lines(in bytes: [UInt8]) -> [(number: Int, content: Result<(ClientID, SecretHash), Refusal>)] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().compactMap {
            index,
            line in
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard let first = line.first, first != UInt8(ascii: "#") else { return nil }
            return (index + 1, Result { () throws(Refusal) in try parse(line) })
        }
    }

    private static func parse(_ line: ArraySlice<UInt8>) throws(Refusal) -> (ClientID, SecretHash) {
        let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard fields.count > 1 else { throw Refusal(reason: "it has no colon") }
        guard let id = String(validating: fields[0], as: UTF8.self).flatMap(ClientID.init) else {
            throw Refusal(reason: "the text before the colon is not a client id")
        }
        do {
            return (id, try SecretHash(String(decoding: fields[1], as: UTF8.self)))
        } catch {
            throw Refusal(reason: "the hash of \(id) \(error.reason)")
        }
    }
}
