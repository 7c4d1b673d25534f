import GrantCore
import Testing

@testable import FileStore

@Suite("A client's file is named after it, safely")
struct ClientFileNameTests {
    @Test(arguments: [
        ("web-app", "web-app.json"),
        ("a.b_c", "a.b_c.json"),
        ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd.json"),
        (".", "%2E.json"),
        ("..", "%2E..json"),
        (".hidden", "%2Ehidden.json"),
        ("a:b%c+d/e f", "a%3Ab%25c%2Bd%2Fe%20f.json"),
        ("Grüße", "Gr%C3%BC%C3%9Fe.json"),
        ("x.json", "x.json.json"),
    ])
    func `an id becomes a name, and the name the id`(_ id: String, _ name: String) throws {
        let id = try #require(ClientID(id))
        #expect(ClientFileName.name(for: id) == name)
        #expect(ClientFileName.id(of: name) == id)
    }

    @Test(arguments: [
        "", ".json", "a", "a.JSON", "a b.json", "%2e.json", "%61.json", "%.json", "%4.json", "%ZZ.json", ".a.json",
        ".publishing", "a.json~", "%FF.json", "%00.json", "a/b.json",
    ])
    func `other names are no client's`(_ name: String) {
        #expect(ClientFileName.id(of: name) == nil)
    }

    @Test
    func `an id whose name would be too long has none`() throws {
        #expect(ClientFileName.name(for: try #require(ClientID(String(repeating: "a", count: 250)))) != nil)
        #expect(ClientFileName.name(for: try #require(ClientID(String(repeating: "a", count: 248) + "/"))) == nil)
    }
}
