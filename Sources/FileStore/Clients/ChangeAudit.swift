package import GrantCore

/// Writes the audit's line of a change of a client: before the change if it gives access, so that no access is given
/// without a line, and after it otherwise, since a change that keeps a client out does not wait for the audit.
package struct ChangeAudit {
    private let trail: AuditTrail?
    private let origin: AuditEvent.Origin

    /// The audit of what a user does; nil audits nothing.
    package init(_ trail: AuditTrail?, user: UInt32) {
        self.trail = trail
        origin = .administration(user: user)
    }

    /// A change is about to be made.
    package func begin(_ change: ClientChange, of id: ClientID) throws(AdministrationError) {
        guard let trail, change.givesAccess else { return }
        do throws(StorageError) {
            try trail.append(AuditEvent(.clientChange(change), .success, from: origin, client: id))
        } catch {
            throw .unaudited(error, isDone: false)
        }
    }

    /// It has been made.
    package func finish(_ change: ClientChange, of id: ClientID) throws(AdministrationError) {
        guard let trail, !change.givesAccess else { return }
        do throws(StorageError) {
            try trail.append(AuditEvent(.clientChange(change), .success, from: origin, client: id))
        } catch {
            throw .unaudited(error, isDone: true)
        }
    }

    /// It could not be made. The failure that is told is the change's, so that this one has none.
    package func fail(_ change: ClientChange, of id: ClientID, _ error: AdministrationError) {
        var event = AuditEvent(.clientChange(change), .failed, from: origin, client: id)
        event.reason = error.description
        try? trail?.append(event)
    }
}
