@testable import FileStore
@testable import GrantCore
@testable import RedisStore

/// The input as what an engine's member sends. It is read the same in one piece and in two, never beyond its bounds, and
/// nothing that is made of it, a topology, a record, an error, breaks.
func replies(_ input: [UInt8]) {
    guard let first = input.first else { return }
    let bytes = Array(input.dropFirst())
    let whole = read([bytes])
    let split = Int(first) % (bytes.count + 1)
    expect(read([Array(bytes[..<split]), Array(bytes[split...])]) == whole, "pieces make no difference")
    let asked = MemberName(host: "127.0.0.1", port: 1)
    for reply in whole.replies { use(reply, asked) }
}

/// What was read until the input ended or left the protocol.
private struct Reading: Equatable {
    var replies: [RedisReply] = []
    var isMalformed = false
}

private func read(_ pieces: [[UInt8]]) -> Reading {
    let reader = ReplyReader()
    var reading = Reading()
    do {
        for piece in pieces {
            unsafe piece.withUnsafeBytes { unsafe reader.feed($0) }
            while let reply = try reader.next() { reading.replies.append(reply) }
        }
    } catch {
        reading.isMalformed = true
    }
    return reading
}

private func use(_ reply: RedisReply, _ asked: MemberName) {
    if let topology = Topology(slots: reply, epoch: 0, asked: asked) {
        for slot in stride(from: UInt16(0), to: UInt16(HashSlot.count), by: 511) {
            guard let owner = topology.owner(of: slot) else { continue }
            expect(topology.primaries.contains(owner), "a slot's member is a primary")
        }
        for name in topology.primaries { _ = topology.ranges(of: name) }
    }
    if let text = reply.errorText { _ = ErrorReply(text, from: asked) }
    if let bytes = reply.bytes {
        if let record = try? EngineRecord.record(bytes) {
            let lifetime = record.expiresAt.seconds - record.issuedAt.seconds
            let written = EngineRecord.bytes(of: record.grant, issuedAt: record.issuedAt, lifetime: Int(lifetime))
            let isFarAway = record.issuedAt.microseconds > Int64.max / 2 || record.issuedAt.microseconds < 0
            expect(isFarAway || written == bytes, "a record is written as it was read")
        }
        _ = MemberExamination(info: String(decoding: bytes, as: UTF8.self))
        _ = RegistrationChange.all(in: bytes)
        _ = RegistrationChange.wholeLength(of: bytes)
        _ = TokenKey.digest(inKey: bytes)
    }
    for element in reply.elements ?? [] { use(element, asked) }
}
