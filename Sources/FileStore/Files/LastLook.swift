import GrantCore

/// When something was last looked at. What was seen holds for a second, and no longer if the clock is put back.
struct LastLook {
    private var takenAt: Timestamp?

    /// For how many seconds it holds.
    private static let life: Int64 = 1

    /// Whether what was seen still holds.
    func isFresh(at now: Timestamp) -> Bool {
        guard let takenAt else { return false }
        return takenAt <= now && now < takenAt.adding(seconds: Self.life)
    }

    /// It is looked at now.
    mutating func taken(at now: Timestamp) {
        takenAt = now
    }
}
