import Testing

@testable import Pool

@Suite("Where a pool listens")
struct ListenAddressTests {
    @Test(arguments: [
        ("unix:/run/grantd/grantd.sock", ListenAddress.unix(path: "/run/grantd/grantd.sock")),
        ("unix:/a b:c", .unix(path: "/a b:c")),
        ("127.0.0.1:9000", .tcp(host: "127.0.0.1", port: 9000)),
        ("localhost:1", .tcp(host: "localhost", port: 1)),
        ("[::1]:65535", .tcp(host: "::1", port: 65535)),
    ])
    func `An address is read, and written as it was`(_ text: String, _ address: ListenAddress) {
        #expect(ListenAddress(text) == address)
        #expect(address.description == text)
    }

    @Test(arguments: [
        "", "unix:", "unix:relative.sock", "unix:/", "unix:/run/", "unix:/a\0b", "/run/grantd.sock", "9000", ":9000",
        "localhost", "localhost:", "localhost:0", "localhost:65536", "localhost:+1", "localhost:-1", "localhost: 1",
        "localhost:1x", "::1:9000", "[::1]", "[]:9000", "[127.0.0.1]:9000", "[::1:9000", "lo\0cal:1",
    ])
    func `What is no address is refused`(_ text: String) {
        #expect(ListenAddress(text) == nil)
    }
}
