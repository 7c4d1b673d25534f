import CHiredis

/// Parses the bytes of one connection into replies, with libhiredis (`redisReaderFeed`, `redisReaderGetReply`).
///
/// What a reply announces is not believed before it is there: arrays are bounded where they are allocated, and the caller
/// bounds the bytes by ``pending``.
@safe final class ReplyReader {
    private let reader: UnsafeMutablePointer<redisReader>
    private let functions = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)

    /// The most bytes that may wait for the end of a reply: a client's registration is at most 64 KiB.
    static let mostPending = 1 << 20

    init() {
        guard let reader = unsafe hiredis_bounded_reader(functions) else {
            fatalError("no memory for a reader of replies")
        }
        unsafe self.reader = unsafe reader
    }

    deinit {
        unsafe redisReaderFree(reader)
        unsafe functions.deallocate()
    }

    /// Takes bytes that were received.
    func feed(_ bytes: UnsafeRawBufferPointer) {
        // Sound: the library copies the buffer. If it has failed, `next` throws.
        _ = unsafe redisReaderFeed(reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
    }

    /// How many bytes have come of a reply that is not whole.
    var pending: Int { unsafe reader.pointee.len - reader.pointee.pos }

    /// The next reply; nil if none is whole yet.
    func next() throws(ConnectionFailure) -> RedisReply? {
        var object: UnsafeMutableRawPointer?
        // Sound: on success the object is a redisReply of ours, or nil.
        guard unsafe redisReaderGetReply(reader, &object) == REDIS_OK else { throw .malformed }
        guard let object = unsafe object else { return nil }
        defer { unsafe freeReplyObject(object) }
        return unsafe Self.reply(object.assumingMemoryBound(to: redisReply.self).pointee)
    }

    private static func reply(_ reply: redisReply) -> RedisReply {
        switch unsafe reply.type {
        case REDIS_REPLY_INTEGER: return unsafe .integer(reply.integer)
        case REDIS_REPLY_ARRAY:
            // Sound: so many elements are there, and none is nil in a whole reply.
            let elements = unsafe UnsafeBufferPointer(start: reply.element, count: Int(reply.elements))
            return unsafe .array(elements.map { unsafe $0.map { unsafe Self.reply($0.pointee) } ?? .null })
        case REDIS_REPLY_STRING, REDIS_REPLY_STATUS: return unsafe .text(text(of: reply))
        case REDIS_REPLY_ERROR: return unsafe .error(String(decoding: text(of: reply), as: UTF8.self))
        default: return .null
        }
    }

    private static func text(of reply: redisReply) -> [UInt8] {
        // Sound: a string is so long.
        unsafe Array(UnsafeRawBufferPointer(start: reply.str, count: Int(reply.len)))
    }
}
