import GrantCore
import Testing

@testable import FileStore

@Suite("A window is a stretch of time in which tokens expire")
struct WindowTests {
    static let now = Timestamp(seconds: 1_800_000_000)

    @Test(arguments: [
        (1, 6), (60, 6), (511, 6), (512, 7), (3600, 9), (86_400, 14), (31_536_000, 22),
    ])
    func `its span follows the lifetime`(_ lifetime: Int, _ exponent: UInt8) {
        #expect(Window(expiresAt: Self.now, lifetime: lifetime).spanExponent == exponent)
    }

    @Test(arguments: [1, 2, 63, 64, 3600, 31_536_000])
    func `it holds the expiry, and ends after it`(_ lifetime: Int) {
        for step: Int64 in 0..<200 {
            let expiry = Timestamp(microseconds: Self.now.microseconds + step * 777_777)
            let window = Window(expiresAt: expiry, lifetime: lifetime)
            #expect(expiry < window.end)
            #expect(window.end.seconds - expiry.seconds <= 1 << Int64(window.spanExponent))
        }
    }

    @Test
    func `a fresh window wastes little: it passes within a quarter of a lifetime, or a minute, of its tokens' end`() {
        for lifetime in stride(from: 1, through: 31_536_000, by: 99_991) {
            let expiry = Self.now.adding(seconds: Int64(lifetime))
            let window = Window(expiresAt: expiry, lifetime: lifetime)
            #expect(window.end.seconds - expiry.seconds <= max(64, Int64(lifetime) / 4))
        }
    }

    @Test
    func `its files' names name it`() {
        let window = Window(expiresAt: Self.now, lifetime: 3600)
        #expect(Window(fileName: window.slotsName) == window)
        #expect(Window(fileName: window.grantsName) == window)
    }

    @Test(arguments: [
        "", ".", "9-1", "9-1.slot", "9-01.slots", "+9-1.slots", "5-1.slots", "24-1.slots", "9-4294967296.slots",
        "9--1.slots", "9-1.slots~", ".9-1.slots", "9-1.slots.grants", "x-1.grants", "-1.slots",
    ])
    func `other names name none`(_ name: String) {
        #expect(Window(fileName: name) == nil)
    }
}
