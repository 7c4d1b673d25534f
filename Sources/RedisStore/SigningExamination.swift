import FileStore
import GrantCore
import Settings

/// Looks whether tokens can be signed, if a client gets signed ones.
struct SigningExamination {
    private let settings: Settings
    private let keys: FileSigningKeys

    /// An examination of the keys in a state directory.
    init(_ settings: Settings, of state: StateDirectory) {
        self.settings = settings
        keys = FileSigningKeys(in: state)
    }

    /// Why a worker would not start: a key cannot be used; none if all can.
    func unusable(at now: Timestamp) -> [StateExamination.Remark] {
        do throws(StorageError) {
            _ = try keys.current(at: now)
            return []
        } catch {
            return [StateExamination.Remark(subject: .keys, text: "a signing key cannot be used: \(error)")]
        }
    }

    /// What keeps clients from the signed tokens that they are to get, a sentence each.
    func problems(of clients: some ClientAdministration, at now: Timestamp) async -> [StateExamination.Remark] {
        var faults = settings.issuer == nil ? ["signed tokens name an issuer, and GRANTD_ISSUER is not set"] : []
        // What cannot be used is a problem of its own.
        if let absence = (try? keys.absence(at: now)) ?? nil { faults.append(absence) }
        guard !faults.isEmpty, let who = await recipient(among: clients) else { return [] }
        return faults.map { StateExamination.Remark(subject: .keys, text: "\(who) signed tokens: \($0)") }
    }

    /// Who gets signed tokens, with the verb; nil if no client does.
    private func recipient(among clients: some ClientAdministration) async -> String? {
        if settings.tokenFormat == .jwt { return "by GRANTD_TOKEN_FORMAT clients get" }
        for id in (try? await clients.ids()) ?? [] {
            if let client = try? await clients.client(id), client.isActive, client.tokenFormat == .jwt {
                return "client \(id) gets"
            }
        }
        return nil
    }
}
