import Testing

@testable import RedisStore

@Suite struct HashSlotTests {
    /// The Cluster specification's own check value, and keys whose slots redis-server tells.
    @Test(arguments: [("123456789", 0x31C3), ("k", 7629), ("foo", 12182), ("000", 13923), ("3ff", 12569)])
    func `A text has the slot that the specification gives it`(text: String, slot: Int) {
        #expect(Int(HashSlot.of(text.utf8)) == slot)
    }

    @Test func `The tags are of 1,024 different slots, spread evenly over three and over sixteen members`() {
        #expect(Set(Tag.all.map(\.slot)).count == 1024)
        for members in [3, 6, 9, 16] {
            var counts = [Int](repeating: 0, count: members)
            for tag in Tag.all { counts[Int(tag.slot) * members / HashSlot.count] += 1 }
            #expect(Double(counts.max() ?? 0) < 1.05 * 1024 / Double(members))
        }
    }

    @Test func `A tag is the first ten bits of a digest, and its keys have its slot`() {
        let tag = Tag([0xFF, 0xC0] + [UInt8](repeating: 0, count: 30))
        #expect(tag == Tag(1023))
        #expect(tag.key("t", [1, 2]) == Array("t{3ff}".utf8) + [1, 2])
        #expect(Tag(0).key("g") == Array("g{000}".utf8))
        #expect(Engine.FoundKey(bytes: tag.key("c", [9])).slot == tag.slot)
    }
}
