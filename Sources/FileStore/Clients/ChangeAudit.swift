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

    /// Several changes are about to be made in one step. If one of them gets no line, none is made, and the audit is told
    /// so of those that have theirs.
    package func begin(_ changes: [ClientChange], of id: ClientID) throws(AdministrationError) {
        for (index, change) in changes.enumerated() {
            do throws(AdministrationError) {
                try begin(change, of: id)
            } catch {
                withdraw(Array(changes[..<index]), of: id, error)
                throw error
            }
        }
    }

    /// Changes that were begun are not made: a line follows the line that each of them has already.
    package func withdraw(_ changes: [ClientChange], of id: ClientID, _ error: AdministrationError) {
        fail(changes.filter(\.givesAccess), of: id, error)
    }

    /// They have been made.
    package func finish(_ changes: [ClientChange], of id: ClientID) throws(AdministrationError) {
        for change in changes { try finish(change, of: id) }
    }

    /// They could not be made.
    package func fail(_ changes: [ClientChange], of id: ClientID, _ error: AdministrationError) {
        for change in changes { fail(change, of: id, error) }
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
