import FileStore
import GrantCore
import Testing

@testable import grantctl

@Suite struct UnknownClientTests {
    private func nearest(_ text: String, _ known: [String]) throws -> String? {
        let id = try #require(ClientID(text))
        return UnknownClient.nearest(to: id, among: known.compactMap(ClientID.init))?.value
    }

    @Test(arguments: ["orderz", "oders", "ordesr", "Orders", " orders", "order", "orderss", "ORDER"])
    func `A misspelt id is near`(text: String) throws {
        #expect(try nearest(text, ["billing", "orders", "web"]) == "orders")
    }

    @Test(arguments: ["invoices", "o", "or", "orangery", "weather", "xx", "bill"])
    func `Another word is not`(text: String) throws {
        #expect(try nearest(text, ["billing", "orders", "web"]) == nil)
    }

    @Test func `The nearest of several is taken`() throws {
        #expect(try nearest("order-15", ["order-26", "order-1", "order-25", "order-3"]) == "order-1")
        #expect(try nearest("billing-eu", ["billing-us", "billing-ey"]) == "billing-ey")
    }

    @Test func `What has the form of a token or a secret is not repeated`() throws {
        for text in [String(repeating: "aB-_9", count: 12) + "aaaa", String(repeating: "k", count: 43)] {
            let id = try #require(ClientID(text))
            let problem = UnknownClient(id, nearest: nil)
            #expect(!problem.description.contains(text) && problem.description.contains("standard input"))
        }
        let id = try #require(ClientID(String(repeating: "k", count: 42)))
        #expect(UnknownClient(id, nearest: nil).description.contains(String(repeating: "k", count: 42)))
    }
}
