/// What a member says of itself (`INFO`).
struct MemberExamination {
    /// Of this start of its process.
    let runID: String
    /// Of the history of its data: a replica that is made a primary begins a new one.
    let replicationID: String
    /// Whether it is a replica.
    let isReplica: Bool
    /// How it evicts keys when its memory is full, if it has a limit and does.
    let eviction: String?
    /// All that it said, by name.
    let facts: [String: String]

    /// Reads the replies to `INFO` and to the question for the functions' version.
    init(_ replies: [RedisReply], of name: MemberName) throws(EngineFailure) {
        for text in replies.compactMap(\.errorText) {
            switch ErrorReply(text, from: name) {
            case .misconfigured(let sentence): throw .misconfigured(sentence)
            default: throw .unavailable("engine member \(name): \(text.firstSentence)")
            }
        }
        guard let info = replies.first?.string, let version = replies.last?.number else {
            throw .unavailable("engine member \(name): it does not say what it is")
        }
        guard version == FunctionLibrary.currentVersion else {
            throw .misconfigured(
                "\(name) has version \(version) of grantd's functions, not \(FunctionLibrary.currentVersion): run `grantctl store init`"
            )
        }
        self.init(info: info)
    }

    /// Reads what `INFO` says.
    init(info: String) {
        var facts: [String: String] = [:]
        for line in info.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { facts[String(parts[0])] = String(parts[1]) }
        }
        self.facts = facts
        runID = facts["run_id"] ?? ""
        replicationID = facts["master_replid"] ?? ""
        isReplica = facts["role"] == "slave"
        let policy = facts["maxmemory_policy"] ?? "noeviction"
        eviction = policy != "noeviction" && facts["maxmemory"] != "0" ? policy : nil
    }
}
