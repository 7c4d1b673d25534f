import FileStore
import GrantCore

extension ClientAdministration {
    /// Refuses an id that is in use, before a secret is asked for or hashed.
    func refuseExisting(_ id: ClientID) async throws(AdministrationError) {
        do throws(AdministrationError) {
            _ = try await client(id)
        } catch .notFound {
            return
        }
        throw .exists(id)
    }
}
