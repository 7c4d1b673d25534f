import GrantCore
import Testing

@testable import Monitoring

@Suite struct OriginTests {
    @Test(arguments: [
        ("192.0.2.1", "::ffff:192.0.2.1"), ("2001:db8:1:2::1", "2001:DB8:1:2:ffff:ffff:ffff:ffff"), ("unix:", "unix:"),
    ])
    func `One address, or one network of IPv6, is one origin`(one: String, same: String) {
        #expect(Origin(address: one) == Origin(address: same))
    }

    @Test func `Others are others`() {
        let addresses: [String?] = [
            "192.0.2.1", "192.0.2.2", "2001:db8:1:2::1", "2001:db8:1:3::1", "::1", "unix:", "", "elsewhere", nil,
        ]
        #expect(Set(addresses.map(Origin.init(address:))).count == addresses.count)
    }

    @Test func `No address takes more than 65 bytes`() {
        #expect(Origin(address: String(repeating: "x", count: 5000)).bytes.count == 65)
    }
}
