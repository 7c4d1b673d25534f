import Linux
import Testing

/// Addresses of peers and of sockets.
struct AddressTests {
    @Test(arguments: [
        ("192.0.2.1", IPAddress.ipv4(0xC000_0201)),
        ("::ffff:192.0.2.1", .ipv4(0xC000_0201)),
        ("2001:db8::1", .ipv6(0x2001_0DB8_0000_0000, 1)),
        ("::1", .ipv6(0, 1)),
    ])
    func `an address is read in each of its spellings`(text: String, address: IPAddress) {
        #expect(IPAddress(text) == address)
    }

    @Test(arguments: ["", " 192.0.2.1", "192.0.2.1:80", "192.0.2", "[::1]", "fe80::1%lo", "unix:", "::ffff:1.2.3.256"])
    func `what is not an address is refused`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `a socket's path has its longest length`() {
        let longest = "/" + String(repeating: "a", count: UnixAddress.longestPath - 1)
        #expect(UnixAddress(path: longest) != nil)
        #expect(UnixAddress(path: longest + "a") == nil)
    }
}
