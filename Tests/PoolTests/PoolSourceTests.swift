import Testing

@testable import Pool

@Suite("Where a pool's socket comes from")
struct PoolSourceTests {
    private let place = ListenAddress.tcp(host: "localhost", port: 9000)

    @Test func `--listen makes one`() throws {
        #expect(try source(listen: place) == .made(place, group: "www-data"))
        #expect(try source(listen: place, asked: true) == .made(place, group: "www-data"))
    }

    @Test func `One from systemd is for a pool, whether asked for or not`() throws {
        #expect(try source(handed: 3) == .inherited(3))
        #expect(try source(handed: 3, asked: true) == .inherited(3))
    }

    @Test func `One on descriptor 0 is for a pool if it is asked for`() throws {
        #expect(try source(asked: true, isListener: true) == .inherited(0))
        #expect(try source(isListener: true) == nil)
        #expect(throws: PoolError.noSocket) { try source(asked: true) }
    }

    @Test func `Two are refused`() {
        #expect(throws: PoolError.twoSockets) { try source(listen: place, handed: 3) }
    }

    @Test(
        arguments: [
            (["LISTEN_FDS": "1", "LISTEN_PID": "42"], 3),
            (["LISTEN_FDS": "1", "LISTEN_PID": "41"], nil), (["LISTEN_FDS": "1"], nil), (["LISTEN_PID": "42"], nil),
        ] as [([String: String], Int32?)]
    )
    func `systemd's socket is found by its variables`(_ environment: [String: String], _ descriptor: Int32?) throws {
        let found = try InheritedSocket.fromServiceManager(environment: environment, process: 42) { $0 == 3 }
        #expect(found == descriptor)
    }

    @Test(arguments: ["0", "2", "-1", "one", ""])
    func `What systemd hands over is one socket that listens`(_ count: String) {
        let environment = ["LISTEN_FDS": count, "LISTEN_PID": "42"]
        #expect(throws: PoolError.self) {
            try InheritedSocket.fromServiceManager(environment: environment, process: 42) { _ in true }
        }
        #expect(throws: PoolError.unsuitableSockets(count: 1)) {
            try InheritedSocket.fromServiceManager(
                environment: environment.merging(["LISTEN_FDS": "1"]) { $1 },
                process: 42
            ) { _ in false }
        }
    }

    private func source(
        listen: ListenAddress? = nil,
        handed: Int32? = nil,
        asked: Bool = false,
        isListener: Bool = false
    ) throws(PoolError) -> PoolSource? {
        try PoolSource(listen: listen, group: "www-data", handed: handed, isPoolAskedFor: asked) { _ in isListener }
    }
}
