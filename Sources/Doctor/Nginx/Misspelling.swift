/// A directive or a file that is nearly one of grantd's.
struct Misspelling: Sendable, Equatable {
    /// As it stands in the configuration.
    let written: String
    /// What it is nearly.
    let meant: String
    let place: Finding.Place
}
