/// What an issued token survives before it is answered. A revocation always reaches the disk first.
package enum Durability: String, Sendable, CaseIterable {
    /// A killed worker.
    case process
    /// A power cut.
    case disk
}
