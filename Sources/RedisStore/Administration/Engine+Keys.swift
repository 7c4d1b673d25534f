extension Engine {
    /// A key of the engine, as it was found.
    struct FoundKey {
        let bytes: [UInt8]

        /// Its slot: that of the part in braces.
        var slot: UInt16 {
            guard let open = bytes.firstIndex(of: UInt8(ascii: "{")),
                let close = bytes[open...].firstIndex(of: UInt8(ascii: "}"))
            else { return HashSlot.of(bytes) }
            return HashSlot.of(bytes[(open + 1)..<close])
        }
    }

    /// All keys of a pattern on all primaries (`SCAN`). It takes an administrator's user.
    ///
    /// One that comes or goes meanwhile may be among them or not.
    func keys(matching pattern: String) async throws(EngineFailure) -> [FoundKey] {
        var keys: Set<[UInt8]> = []
        try await forEachPage(matching: pattern) { page throws(EngineFailure) in keys.formUnion(page) }
        return keys.map(FoundKey.init)
    }

    /// All keys of a pattern at the primary of a slot. It takes an administrator's user.
    func keys(matching pattern: String, at slot: UInt16) async throws(EngineFailure) -> [FoundKey] {
        var keys: Set<[UInt8]> = []
        try await forEachPage(of: try await owner(of: slot), matching: pattern) { page throws(EngineFailure) in
            keys.formUnion(page)
        }
        return keys.map(FoundKey.init)
    }

    /// Goes through the keys of a pattern on all primaries, some at a time; a key may come twice.
    func forEachPage(
        matching pattern: String,
        _ body: ([[UInt8]]) async throws(EngineFailure) -> Void
    ) async throws(EngineFailure) {
        for member in try await primaries() { try await forEachPage(of: member, matching: pattern, body) }
    }

    /// How many keys of a pattern one primary has; one that comes or goes meanwhile may be counted or not.
    func countKeys(of member: Member, matching pattern: String) async throws(EngineFailure) -> Int {
        var count = 0
        try await forEachPage(of: member, matching: pattern) { page throws(EngineFailure) in count += page.count }
        return count
    }

    private func forEachPage(
        of member: Member,
        matching pattern: String,
        _ body: ([[UInt8]]) async throws(EngineFailure) -> Void
    ) async throws(EngineFailure) {
        var cursor = "0"
        repeat {
            let replies = try await member.askAnything(
                RedisCommands("SCAN", cursor, "MATCH", pattern, "COUNT", "\(Self.pageSize)")
            )
            if let text = replies[0].errorText { throw member.refusal(text) }
            guard let parts = replies[0].elements, parts.count == 2, let next = parts[0].string,
                let page = parts[1].elements
            else { throw member.unavailable("its list of keys makes no sense") }
            try await body(page.compactMap(\.bytes))
            cursor = next
        } while cursor != "0"
    }

    /// How many keys are looked at in one question.
    private static let pageSize = 2000
}
