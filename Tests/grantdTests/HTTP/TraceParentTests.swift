import Gateway
import Testing

@testable import grantd

struct TraceParentTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let parent = "b7ad6b7169203331"

    @Test(arguments: [
        "00-\(trace)-\(parent)-01", "00-\(trace)-\(parent)-00", "00-\(trace)-\(parent)-ff",
        "00-00000000000000000000000000000001-0000000000000001-01",
        "01-\(trace)-\(parent)-01", "fe-\(trace)-\(parent)-01", "0a-\(trace)-\(parent)-01",
    ])
    func `a valid header is taken as it is`(value: String) {
        #expect(TraceParent(Array(value.utf8))?.description == value)
    }

    @Test(arguments: [
        "-", "-what-the-future-will-be-like", "-\"\n\u{202E}", "-" + String(repeating: "x", count: 10_000),
    ])
    func `what a later version adds is left out`(more: String) {
        let known = "01-\(Self.trace)-\(Self.parent)-01"
        #expect(TraceParent(Array((known + more).utf8))?.description == known)
    }

    @Test(arguments: [
        "", "-", "---", "00", "00-\(trace)", "00-\(trace)-\(parent)", "00-\(trace)-\(parent)-",
        "00-\(trace)-\(parent)-0",
        // No zero ids, no version ff, and nothing after version 00.
        "00-00000000000000000000000000000000-\(parent)-01", "00-\(trace)-0000000000000000-01",
        "ff-\(trace)-\(parent)-01", "ff-\(trace)-\(parent)-01-x",
        "00-\(trace)-\(parent)-01-", "00-\(trace)-\(parent)-01-x", "00-\(trace)-\(parent)-012",
        "01-\(trace)-\(parent)-012", "01-\(trace)-\(parent)-01.x", "01-\(trace)-\(parent)-0",
        // Lower-case digits alone.
        "00-0AF7651916cd43dd8448eb211c80319c-\(parent)-01", "0A-\(trace)-\(parent)-01", "00-\(trace)-\(parent)-0G",
        "00-\(trace)-\(parent)-0\n", "00-0af7651916cd43dd8448eb211c80319g-\(parent)-01", "zz-\(trace)-\(parent)-01",
        "00-0af7651916cd43dd8448eb211c80319é-\(parent)-01",
        // The fields in their places.
        " 00-\(trace)-\(parent)-01", "00-\(trace)-\(parent)-01 ", "00_\(trace)_\(parent)_01", "00\(trace)\(parent)01",
        "00-\(parent)-\(trace)-01", "00-\(trace)\(parent)--01", "0-0\(trace)-\(parent)-01", "00--\(trace)-\(parent)-1",
        "00-\(trace)-\(parent)-01, 00-\(trace)-\(parent)-01", "01-\(trace)-\(parent)-01, 01-\(trace)-\(parent)-01",
    ])
    func `anything else is not valid`(value: String) {
        #expect(TraceParent(Array(value.utf8)) == nil)
    }

    @Test func `a request's header is read as it arrived`() {
        func read(_ parameters: GatewayParameters) -> String? {
            GatewayRequest(parameters: parameters, body: .whole([]), receivedAt: .now).traceParent?.description
        }
        let value = "00-\(Self.trace)-\(Self.parent)-01"
        #expect(read(["REMOTE_ADDR": "192.0.2.1", "HTTP_TRACEPARENT": value, "HTTP_X": "y"]) == value)
        #expect(read(["HTTP_TRACEPARENT": "x"]) == nil)
        #expect(read(["TRACEPARENT": value]) == nil)
        #expect(read([:]) == nil)
    }
}
