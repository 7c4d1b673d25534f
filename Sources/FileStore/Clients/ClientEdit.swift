/// What a client's registration is to become, and what that is in the audit.
package struct ClientEdit {
    /// The registration, whole.
    package let file: ClientFile
    /// What the audit says of it, a line each.
    package let kinds: [ClientChange]

    /// A registration to be put in place.
    package init(_ file: ClientFile, as kinds: [ClientChange]) {
        self.file = file
        self.kinds = kinds
    }
}
