import Testing

@testable import RedisStore

@Suite struct TopologyTests {
    private static let asked = MemberName(host: "10.0.0.9", port: 6379)

    private static func member(_ host: String, _ port: Int64, _ id: String, extra: [RedisReply] = []) -> RedisReply {
        .array([.text(Array(host.utf8)), .integer(port), .text(Array(id.utf8))] + extra)
    }

    private static func range(_ first: Int64, _ last: Int64, _ members: RedisReply...) -> RedisReply {
        .array([.integer(first), .integer(last)] + members)
    }

    @Test func `Each slot has the first member of its range`() throws {
        let reply = RedisReply.array([
            Self.range(0, 99, Self.member("10.0.0.1", 1, "a"), Self.member("10.0.0.2", 2, "b")),
            Self.range(100, 16383, Self.member("10.0.0.3", 3, "c")),
        ])
        let topology = try #require(Topology(slots: reply, epoch: 4, asked: Self.asked))
        #expect(topology.owner(of: 99) == MemberName(host: "10.0.0.1", port: 1))
        #expect(topology.owner(of: 100) == MemberName(host: "10.0.0.3", port: 3))
        #expect(topology.members.count == 3 && topology.primaries.count == 2)
        #expect(topology.ranges(of: MemberName(host: "10.0.0.1", port: 1)) == "0-99")
    }

    /// Redis 7 adds a list of metadata to each member, and may leave the host out.
    @Test func `What newer engines add is passed over, and a missing host is the one that was asked`() throws {
        let extra: [RedisReply] = [.array([.text(Array("hostname".utf8)), .text(Array("host-1".utf8))])]
        let reply = RedisReply.array([Self.range(0, 16383, Self.member("", 7, "a", extra: extra))])
        let topology = try #require(Topology(slots: reply, epoch: 1, asked: Self.asked))
        #expect(topology.owner(of: 5) == MemberName(host: "10.0.0.9", port: 7))
    }

    /// `cluster-preferred-endpoint-type hostname` has the name first, and the address among what is added.
    @Test func `A member that is named by its host is reached by its address`() throws {
        let extra: [RedisReply] = [.array(["ip", "10.0.0.7"].map { .text(Array($0.utf8)) })]
        let reply = RedisReply.array([Self.range(0, 16383, Self.member("redis-1.example", 7, "a", extra: extra))])
        let topology = try #require(Topology(slots: reply, epoch: 1, asked: Self.asked))
        #expect(topology.owner(of: 5) == MemberName(host: "10.0.0.7", port: 7))
    }

    @Test(arguments: [
        RedisReply.null, .array([]), .integer(4), .array([.integer(1)]), .array([.array([.integer(0), .integer(1)])]),
        .array([range(-1, 5, member("h", 1, "a"))]), .array([range(5, 4, member("h", 1, "a"))]),
        .array([range(0, 16384, member("h", 1, "a"))]), .array([range(0, 1, member("h", 70000, "a"))]),
        .array([range(0, 1, member("h", -1, "a"))]), .array([range(0, 1, .null)]),
    ])
    func `A list that makes no sense is none`(reply: RedisReply) {
        #expect(Topology(slots: reply, epoch: 1, asked: Self.asked) == nil)
    }

    @Test func `A slot without a range has no member, and a redirection gives it one`() throws {
        let reply = RedisReply.array([Self.range(0, 10, Self.member("10.0.0.1", 1, "a"))])
        var topology = try #require(Topology(slots: reply, epoch: 1, asked: Self.asked))
        #expect(topology.owner(of: 11) == nil)
        topology.move(11, to: Self.asked)
        #expect(topology.owner(of: 11) == Self.asked)
        #expect(topology.ranges(of: MemberName(host: "10.0.0.1", port: 1)) == "0-10")
    }

    @Test(arguments: [
        ("MOVED 5 10.0.0.2:6380", ErrorReply.moved(to: MemberName(host: "10.0.0.2", port: 6380))),
        ("MOVED 5 ::1:6380", .moved(to: MemberName(host: "::1", port: 6380))),
        ("MOVED 5 :6380", .moved(to: asked.with(port: 6380))),
        ("ASK 5 10.0.0.2:6380", .ask(MemberName(host: "10.0.0.2", port: 6380))),
        ("MOVED 5", .refresh), ("MOVED 5 nowhere", .refresh), ("LOADING x", .later), ("CLUSTERDOWN x", .later),
        ("TRYAGAIN x", .later), ("READONLY x", .refresh), ("OOM x", .full), ("MISCONF x", .full),
        ("NOREPLICAS x", .full),
        ("ERR something", .other), ("", .other),
    ])
    func `An error means one thing`(text: String, meaning: ErrorReply) {
        #expect(ErrorReply(text, from: Self.asked) == meaning)
    }
}

extension MemberName {
    fileprivate func with(port: UInt16) -> MemberName { MemberName(host: host, port: port) }
}
