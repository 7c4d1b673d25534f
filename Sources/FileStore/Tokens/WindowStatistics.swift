package import GrantCore

/// How many tokens a window's file holds, by what became of them.
package struct WindowStatistics: Sendable, Equatable {
    /// The window.
    package let window: Window
    /// Bytes of its file of slots.
    package let bytes: Int64
    /// Tokens that are good.
    package private(set) var live = 0
    /// Tokens that were revoked before they expired.
    package private(set) var revoked = 0
    /// Tokens that have expired.
    package private(set) var expired = 0
    /// Slots that are torn or decayed.
    package private(set) var damaged = 0

    /// When the window has passed.
    package var end: Timestamp { window.end }

    init(window: Window, bytes: Int64) {
        self.window = window
        self.bytes = bytes
    }

    mutating func count(_ slot: Slot?, at now: Timestamp) {
        switch slot {
        case nil: damaged += 1
        case let slot? where slot.expiresAt <= now: expired += 1
        case let slot? where slot.isLive: live += 1
        case _?: revoked += 1
        }
    }
}
