import FileStore
import GrantCore

/// The registrations that there are, by their clients; those that cannot be used with the reason.
typealias PresentClients = [ClientID: Result<ClientFile, ClientFile.Unusable>]

extension PresentClients {
    /// Reads all of them.
    static func all(in administration: any ClientAdministration) async throws(AdministrationError) -> PresentClients {
        var present: PresentClients = [:]
        for id in try await administration.ids() {
            do throws(AdministrationError) {
                present[id] = .success(try await administration.file(id))
            } catch .notFound {
                // It was removed meanwhile.
            } catch .unusable(_, let reason) {
                present[id] = .failure(ClientFile.Unusable(reason: reason))
            }
        }
        return present
    }
}
