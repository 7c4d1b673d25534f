import GrantCore

/// What the engine holds of a token, numbers in little-endian order:
///
///     0   version: 1, or 2 for one with an audience
///     1   microseconds since 1970 at which it was issued
///     9   seconds that it lives
///     13  bytes of the client's id
///     14  bytes of the generation, 0 for none
///     15  bytes of the scope
///     17  the id, the generation and the scope; with version 2, what is left is the audience's names, separated by spaces
enum EngineRecord {
    private static let version: UInt8 = 1
    private static let versionWithAudience: UInt8 = 2
    private static let head = 17
    /// A record of a token.
    static func bytes(of grant: Grant, issuedAt: Timestamp, lifetime: Int) -> [UInt8] {
        let id = grant.clientID.value.utf8
        let generation = grant.generation?.value.utf8
        var bytes: [UInt8] = []
        bytes.reserveCapacity(head + 64)
        let audience = grant.audience
        bytes.append(audience.isEmpty ? version : versionWithAudience)
        append(UInt64(bitPattern: issuedAt.microseconds), count: 8, to: &bytes)
        append(UInt64(UInt32(clamping: lifetime)), count: 4, to: &bytes)
        bytes.append(UInt8(id.count))
        bytes.append(UInt8(generation?.count ?? 0))
        let scope = grant.scope.description.utf8
        append(UInt64(scope.count), count: 2, to: &bytes)
        bytes += id
        if let generation { bytes += generation }
        bytes += scope
        if !audience.isEmpty { bytes += audience.names.joined(separator: " ").utf8 }
        return bytes
    }

    /// Reads a record; nil for one that says that the token was revoked.
    ///
    /// - Throws: `unknownFormat` for one that makes no sense to this version.
    static func record(_ bytes: [UInt8]) throws(StorageError) -> TokenRecord? {
        if bytes.isEmpty { return nil }
        guard [version, versionWithAudience].contains(bytes[0]), bytes.count >= head else {
            throw .unknownFormat("a token's record in the engine is of a format that this version does not know")
        }
        let idEnd = head + Int(bytes[13])
        let generationEnd = idEnd + Int(bytes[14])
        let scopeEnd = generationEnd + Int(number(bytes[15..<17]))
        guard bytes[0] == version ? scopeEnd == bytes.count : scopeEnd < bytes.count,
            let id = String(validating: bytes[head..<idEnd], as: UTF8.self).flatMap(ClientID.init),
            let scope = String(validating: bytes[generationEnd..<scopeEnd], as: UTF8.self).flatMap(Scope.init),
            let audience = Audience(separatedBySpaces: String(decoding: bytes[scopeEnd...], as: UTF8.self))
        else { throw .unknownFormat("a token's record in the engine is damaged") }
        var generation: Generation?
        if idEnd < generationEnd {
            generation = Generation(String(decoding: bytes[idEnd..<generationEnd], as: UTF8.self))
            guard generation != nil else { throw .unknownFormat("a token's record in the engine is damaged") }
        }
        let issuedAt = Timestamp(microseconds: Int64(bitPattern: number(bytes[1..<9])))
        return TokenRecord(
            grant: Grant(clientID: id, scope: scope, generation: generation, audience: audience),
            issuedAt: issuedAt,
            expiresAt: issuedAt.adding(seconds: Int64(number(bytes[9..<13])))
        )
    }

    private static func append(_ number: UInt64, count: Int, to bytes: inout [UInt8]) {
        for index in 0..<UInt64(count) { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * index))) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
