import Glibc
import Testing

@testable import Gateway

struct WebServerAddressesTests {
    private func peer(_ text: String) -> sockaddr_storage {
        var storage = sockaddr_storage()
        // Sound: each structure fits into the storage, which it is written to the start of.
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            if text.contains(":") {
                var address = sockaddr_in6()
                address.sin6_family = sa_family_t(AF_INET6)
                unsafe inet_pton(AF_INET6, text, &address.sin6_addr)
                unsafe bytes.storeBytes(of: address, as: sockaddr_in6.self)
            } else {
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                unsafe inet_pton(AF_INET, text, &address.sin_addr)
                unsafe bytes.storeBytes(of: address, as: sockaddr_in.self)
            }
        }
        return storage
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false), ("192.0.2.1", "::ffff:192.0.2.1", true),
        ("::ffff:192.0.2.1", "192.0.2.1", true), ("192.0.2.2, 192.0.2.1", "192.0.2.1", true),
        ("2001:db8::1", "2001:db8:0:0::1", true), ("2001:db8::1", "2001:db8::2", false), ("127.0.0.1", "::1", false),
        ("192.0.2.1,2001:db8::1,", "2001:db8::1", true), ("127.0.0.1", "0.0.0.0", false),
    ])
    func `a peer has one of the addresses`(list: String, address: String, isAllowed: Bool) throws {
        #expect(try WebServerAddresses(list).allows(peer(address)) == isAllowed)
    }

    @Test(arguments: [
        "", ",", "localhost", "192.0.2", "192.0.2.1/24", "192.0.2.1;192.0.2.2", "192.0.2.1 192.0.2.2x", "[::1]",
    ])
    func `what is not an address is an error`(list: String) {
        #expect(throws: WebServerAddresses.Malformed.self) { try WebServerAddresses(list) }
    }

    @Test func `the permissions of a unix socket decide on its peers`() throws {
        var storage = sockaddr_storage()
        storage.ss_family = sa_family_t(AF_UNIX)
        #expect(try WebServerAddresses("192.0.2.1").allows(storage))
    }
}
