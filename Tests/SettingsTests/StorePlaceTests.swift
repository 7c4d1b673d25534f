import Testing

@testable import Settings

@Suite struct StorePlaceTests {
    @Test(arguments: [
        "files", "redis://127.0.0.1:6379", "redis://10.0.0.1:1,10.0.0.2:65535", "redis://[::1]:6379",
        "redis+socket:///run/redis/redis.sock",
    ])
    func `A place is written as it is read`(text: String) {
        #expect(StorePlace(text)?.text == text)
    }

    @Test(arguments: [
        "", "file", "redis://", "redis://localhost:6379", "redis://127.0.0.1", "redis://127.0.0.1:0",
        "redis://127.0.0.1:65536", "redis://::1:6379", "redis://[127.0.0.1]:6379", "redis://127.0.0.1:6379,",
        "redis://user:password@127.0.0.1:6379", "redis://127.0.0.1:6379/0", "rediss://127.0.0.1:6379",
        "redis+socket://run/redis.sock", "redis+socket:", "/run/redis/redis.sock",
    ])
    func `Anything else is refused`(text: String) {
        #expect(StorePlace(text) == nil)
    }

    @Test(arguments: ["/run/%h.sock", "run/%h-%p.sock", "/run/redis.sock"])
    func `Sockets of several members need a path for each`(text: String) {
        #expect(throws: SettingsError.self) { try Settings.load(environment: ["GRANTD_STORE_VIA": text]) }
    }
}
