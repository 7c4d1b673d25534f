package import GrantCore

/// A live token as it is brought from one store to another: by its SHA-256, so that its text stays good and cannot be told.
package struct TransferredToken: Sendable, Equatable {
    /// SHA-256 of the token.
    package let digest: [UInt8]
    /// What is on record of it.
    package let record: TokenRecord

    /// A token to be brought over.
    package init(digest: [UInt8], record: TokenRecord) {
        self.digest = digest
        self.record = record
    }
}
