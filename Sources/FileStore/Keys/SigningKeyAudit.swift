import GrantCore

/// Writes the audit's line of a change of a signing key: before a key is added, so that none signs without a line, and after
/// it is retired or removed, since that does not wait for the audit.
struct SigningKeyAudit {
    private let trail: AuditTrail?
    private let origin: AuditEvent.Origin

    /// The audit of what a user does; nil audits nothing.
    init(_ trail: AuditTrail?, user: UInt32) {
        self.trail = trail
        origin = .administration(user: user)
    }

    /// A key is about to be added.
    func begin(_ change: SigningKeyChange, of id: String) throws(SigningKeyRefusal) {
        try append(change, of: id, isDone: false)
    }

    /// A key has been retired or removed.
    func finish(_ change: SigningKeyChange, of id: String) throws(SigningKeyRefusal) {
        try append(change, of: id, isDone: true)
    }

    /// It could not be done. The failure that is told is the change's, so that this one has none.
    func fail(_ change: SigningKeyChange, of id: String, _ error: SigningKeyRefusal) {
        var event = event(change, .failed, of: id)
        event.reason = error.description
        try? trail?.append(event)
    }

    private func append(_ change: SigningKeyChange, of id: String, isDone: Bool) throws(SigningKeyRefusal) {
        do throws(StorageError) {
            try trail?.append(event(change, .success, of: id))
        } catch {
            throw .unaudited(error, isDone: isDone)
        }
    }

    private func event(_ change: SigningKeyChange, _ outcome: AuditEvent.Outcome, of id: String) -> AuditEvent {
        var event = AuditEvent(.keyChange(change), outcome, from: origin, client: nil)
        event.key = id
        return event
    }
}
