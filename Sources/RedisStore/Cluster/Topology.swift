import Linux

/// Which member has which slots, by the word of one member.
struct Topology: Equatable {
    /// The configuration's number: a higher one is newer.
    private(set) var epoch: Int64
    /// Whether it is one server and no Cluster.
    let isSingle: Bool
    /// The primaries.
    private(set) var primaries: [MemberName]
    /// The Cluster's own ids of members, replicas as well.
    private(set) var ids: [MemberName: String] = [:]
    /// The index of each slot's primary; `unowned` for none.
    private var owners: [UInt16]

    private static let unowned = UInt16.max

    /// One server.
    init(single name: MemberName) {
        epoch = 0
        isSingle = true
        primaries = [name]
        owners = []
    }

    /// What a member answers to `CLUSTER SLOTS`; nil if it makes no sense.
    ///
    /// An entry is: first slot, last slot, and a list for each member, the primary first: address, port, id, and whatever
    /// newer engines add.
    init?(slots reply: RedisReply, epoch: Int64, asked: MemberName) {
        guard let ranges = reply.elements, !ranges.isEmpty else { return nil }
        self.epoch = epoch
        isSingle = false
        primaries = []
        owners = Array(repeating: Self.unowned, count: HashSlot.count)
        for range in ranges {
            guard let parts = range.elements, parts.count >= 3, let first = parts[0].number, let last = parts[1].number,
                0 <= first, first <= last, last < HashSlot.count, let primary = name(of: parts[2], asked: asked)
            else { return nil }
            for replica in parts[3...] { _ = name(of: replica, asked: asked) }
            let index = primaries.firstIndex(of: primary) ?? primaries.count
            guard index < Self.unowned else { return nil }
            if index == primaries.count { primaries.append(primary) }
            for slot in first...last { owners[Int(slot)] = UInt16(index) }
        }
    }

    /// All members, replicas as well.
    var members: Set<MemberName> { Set(ids.keys).union(primaries) }

    /// The primary that has a slot; nil if none has.
    func owner(of slot: UInt16) -> MemberName? {
        if isSingle { return primaries[0] }
        let index = owners[Int(slot)]
        return index == Self.unowned ? nil : primaries[Int(index)]
    }

    /// Takes a redirection's word for one slot.
    mutating func move(_ slot: UInt16, to name: MemberName) {
        guard !isSingle else { return }
        let index = primaries.firstIndex(of: name) ?? primaries.count
        if index == primaries.count { primaries.append(name) }
        owners[Int(slot)] = UInt16(index)
    }

    /// A member's slots, for people: `0-5460 5462`.
    func ranges(of name: MemberName) -> String {
        guard let index = primaries.firstIndex(of: name), !isSingle else { return "0-\(HashSlot.count - 1)" }
        var texts: [String] = []
        var start: Int?
        for slot in 0...HashSlot.count {
            let isOwn = slot < HashSlot.count && owners[slot] == UInt16(index)
            if isOwn, start == nil { start = slot }
            if !isOwn, let first = start {
                texts.append(first == slot - 1 ? "\(first)" : "\(first)-\(slot - 1)")
                start = nil
            }
        }
        return texts.joined(separator: " ")
    }

    /// The address in what newer engines add to a member: names and values in turn.
    private func address(in metadata: RedisReply?) -> String? {
        let words = metadata?.elements?.map(\.string) ?? []
        guard let index = words.firstIndex(of: "ip"), index + 1 < words.count else { return nil }
        return words[index + 1]
    }

    private mutating func name(of member: RedisReply, asked: MemberName) -> MemberName? {
        guard let parts = member.elements, parts.count >= 2, let port = parts[1].number.flatMap(UInt16.init(exactly:))
        else { return nil }
        var host = parts[0].string ?? ""
        // A Cluster that is set up to name its members by host names says their addresses after the id.
        if IPAddress(host) == nil, let address = address(in: parts.dropFirst(3).first) { host = address }
        let name = MemberName(host: host.isEmpty || host == "?" ? asked.host : host, port: port)
        if parts.count > 2, let id = parts[2].string { ids[name] = id }
        return name
    }
}
