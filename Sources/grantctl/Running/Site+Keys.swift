import FileStore
import GrantCore

extension Site {
    /// The keys that sign tokens. They are in files also if there is an engine.
    var keys: SigningKeyAdministration { SigningKeyAdministration(in: state, audit: audit) }

    /// The longest that tokens live which are issued now, in seconds: by the settings, or by a client of its own lifetime. A
    /// client whose registration cannot be used gets none.
    func longestTokenLifetime() async throws(AdministrationError) -> Int {
        var longest = defaultTokenLifetime
        for id in try await clients.ids() {
            do throws(AdministrationError) {
                longest = max(longest, try await clients.client(id).accessTokenLifetime ?? 0)
            } catch {
                switch error {
                case .notFound, .unusable: continue
                default: throw error
                }
            }
        }
        return longest
    }
}
