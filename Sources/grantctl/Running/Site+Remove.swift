import FileStore
import GrantCore

extension Site {
    /// Removes a client, and forgets when its secrets were used, also if the removal is not in the audit.
    func remove(_ client: ClientID) async throws(AdministrationError) {
        do throws(AdministrationError) {
            try await clients.remove(client)
        } catch {
            switch error {
            case .notFound, .unaudited(_, isDone: true): forgetUses(of: client)
            default: break
            }
            throw error
        }
        forgetUses(of: client)
    }
}
