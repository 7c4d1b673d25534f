import Doctor
import Encoding
import FileStore
import GrantCore
import Settings
import SystemPackage

/// The doctor's questions to a site from beginning to end: makes a client for them and removes it in any case, or asks
/// as a client of the site's and revokes the tokens that it got.
struct LiveSession {
    let url: MountURL
    let places: LivePlaces
    /// Paths that a person named; they are asked for besides the configuration's.
    let named: [ProtectedPlace]
    let sender: any HTTPSender
    /// Sends what has to be sent although this process was asked to stop.
    let cleaner: any HTTPSender
    /// The settings of this machine; nil if they are wrong.
    let settings: Settings?
    /// The client to ask as; nil to make one.
    let credentials: LiveCredentials?

    /// Asks.
    ///
    /// - Throws: `interrupted` if this process was asked to stop; the client is gone by then.
    func findings() throws(InputError) -> [Finding] {
        do throws(HTTPFailure) {
            let (base, findings) = try resolved()
            guard let base else { return findings }
            return try findings + ask(base)
        } catch {
            guard let finding = error.finding(url) else { throw .interrupted }
            return [finding]
        }
    }

    /// The mount; nil if it is not where the URL says.
    private func resolved() throws(HTTPFailure) -> (MountURL?, [Finding]) {
        guard url.path.isEmpty else { return (url, []) }
        let prefixes = places.mounts.map(\.prefix) + ["/oauth2"]
        for prefix in prefixes {
            let base = url.with(path: prefix)
            let health = try sender.send(HTTPRequest("GET", "\(base)/health"))
            guard health.json.string("status") != nil else { continue }
            let statement = "\(url) has no path: grantd is mounted at \(base), which was asked."
            let remedy = "Give the doctor, clients and GRANTD_ISSUER the whole URL."
            return (base, [Finding(.warning, "url-without-mount", statement, remedy: remedy)])
        }
        let statement = "\(url) has no path, and there is no grantd at \(url.with(path: prefixes[0]))."
        let remedy =
            "Give the URL of the mount, such as \(url)/oauth2, and include snippets/grantd.server.conf in the site."
        return (nil, [Finding(.failure, "mount-missing", statement, remedy: remedy)])
    }

    private func ask(_ base: MountURL) throws(HTTPFailure) -> [Finding] {
        let recorder = TokenRecorder(sender)
        let site = LiveSite(base: base, sender: recorder, settings: settings)
        let examination = LiveExamination(
            site: site,
            places: named + places.protected.filter { place in !named.contains { $0.path == place.path } }
        )
        let findings = try examination.findingsWithoutClient()
        if findings.contains(where: {
            $0.severity == .failure && LiveExamination.endsAll.contains($0.name)
        }) {
            return findings
        }
        guard let credentials else { return try findings + askAsOwnClient(examination) }
        do throws(HTTPFailure) {
            let found = try examination.findings(as: credentials)
            return findings + found + revoke(recorder, credentials, site)
        } catch {
            _ = revoke(recorder, credentials, site)
            throw error
        }
    }

    /// Revokes what was issued to a client of the site's.
    private func revoke(_ recorder: TokenRecorder, _ credentials: LiveCredentials, _ site: LiveSite) -> [Finding] {
        let left = recorder.revokeAll(at: site.url("/revoke"), as: credentials, by: cleaner)
        guard left > 0 else { return [] }
        let id = credentials.id.value.printable
        return [
            Finding(
                .warning,
                "tokens-left",
                "\(left) of the tokens that were issued to the client \(id) could not be revoked.",
                remedy: "Run `grantctl client revoke-tokens \(id)` on the site's machine, or let them expire."
            )
        ]
    }

    private func askAsOwnClient(_ examination: LiveExamination) throws(HTTPFailure) -> [Finding] {
        let state: Site
        var findings: [Finding] = []
        let made: LiveCredentials
        do {
            guard let settings else { throw NoSettings() }
            state = try Site(settings, making: false)
            let client = DoctorClient(clients: state.clients)
            let now = KernelFileSystem().now
            findings = try Self.report(state.run { try await client.removeLeftovers(at: now) })
            made = try state.run {
                try await client.make(
                    scope: scope(for: examination),
                    places: examination.places.count,
                    at: now
                )
            }
        } catch {
            let reason = (error as? any CustomStringConvertible)?.description ?? "\(error)"
            return try findings + [
                Finding(
                    .warning,
                    "live-without-client",
                    "The doctor could not make a client for its requests: \(reason.withoutCredentials).",
                    remedy: "Run the doctor as root on the site's machine, or name a client with --client."
                )
            ] + examination.locations(nil, nil).findings
        }
        do throws(HTTPFailure) {
            findings += try examination.findings(as: made)
        } catch {
            remove(made, state, &findings)
            guard error != .stopped, let finding = error.finding(examination.site.base) else { throw error }
            return findings + [finding]
        }
        remove(made, state, &findings)
        return findings
    }

    private struct NoSettings: Error, CustomStringConvertible {
        var description: String { "the settings are wrong" }
    }

    private func scope(for examination: LiveExamination) -> Scope {
        var words = [LiveExamination.ownScope]
        // A malformed word is left out: with it the whole scope would be refused.
        for word in examination.places.flatMap({ $0.scopes ?? [] }) where !words.contains(word) && Scope(word) != nil {
            words.append(word)
        }
        return Scope(words.joined(separator: " ")) ?? Scope(LiveExamination.ownScope) ?? .none
    }

    private func remove(_ made: LiveCredentials, _ state: Site, _ findings: inout [Finding]) {
        let id = made.id.value.printable
        do {
            try state.run { try await state.remove(made.id) }
        } catch AdministrationError.notFound {
            return
        } catch AdministrationError.unaudited(let failure, isDone: true) {
            findings.append(
                Finding(
                    .warning,
                    "doctor-client-unaudited",
                    "The doctor's client \(id) was removed, but the audit has no line of it: \(failure).",
                    remedy: "Look at the audit's directory: its owner, its mode and its disk."
                )
            )
        } catch {
            findings.append(
                Finding(
                    .warning,
                    "doctor-client-left",
                    "The doctor's client \(id) could not be removed: \("\(error)".withoutCredentials). Its secret expires soon.",
                    remedy: "Run `grantctl client remove \(id)`."
                )
            )
        }
    }

    private static func report(_ removed: [ClientID]) -> [Finding] {
        removed.map { id in
            Finding(
                .ok,
                "doctor-client-removed",
                "The client \(id.value.printable), left by a run that was killed, was removed."
            )
        }
    }
}
