import Doctor
import FileStore
import GrantCore

/// Asks a site as clients do.
struct LiveExamination {
    let site: LiveSite
    let places: [ProtectedPlace]

    /// A scope that no location asks for.
    static let ownScope = "grantctl.doctor"

    /// After these nothing more can be learned.
    static let endsAll: Set = [
        "mount-redirects", "worker-unreachable", "worker-silent", "service-failing", "rate-limited", "mount-fails",
        "mount-behind-password", "mount-forbidden", "mount-missing", "mount-without-path", "mount-answered-by-site",
        "answers-cached",
    ]

    /// What can be asked without a client. Nothing more can be asked if something has failed.
    func findingsWithoutClient() throws(HTTPFailure) -> [Finding] {
        let health = try HealthAsk(site: site).findings()
        if health.first?.severity == .failure { return health }
        return try health + MetadataAsk(site: site).findings() + PrivacyAsk(site: site).findings()
            + ClearAsk(site: site).findings()
    }

    /// What can be asked as a client.
    func findings(as credentials: LiveCredentials) throws(HTTPFailure) -> [Finding] {
        let asking = TokenAsk(site: site, credentials: credentials)
        let outcome = try asking.outcome()
        if outcome.findings.contains(where: { $0.severity == .failure && Self.endsAll.contains($0.name) }) {
            return outcome.findings
        }
        guard let token = outcome.token else { return outcome.findings + (try locations(nil, nil).findings) }
        let lesser = credentials.isOwn ? try asking.token(ofScope: Scope(Self.ownScope) ?? .none) : nil
        var findings = outcome.findings
        findings += try RefusalAsk(site: site, id: credentials.isOwn ? credentials.id : Self.invented).findings()
        let locations = try locations(token, lesser)
        findings += locations.findings
        findings += try LifecycleAsk(site: site, credentials: credentials).findings(token) { () throws(HTTPFailure) in
            var findings: [Finding] = []
            for place in locations.sound { findings += try ask(place, nil, nil).findings(afterRevoking: token) }
            return findings
        }
        return findings
    }

    /// What there is to say of the protected paths, and those of which there is nothing but good; without a token, what can
    /// be said without one.
    func locations(
        _ token: String?,
        _ lesser: String?
    ) throws(HTTPFailure) -> (findings: [Finding], sound: [ProtectedPlace]) {
        var findings: [Finding] = []
        var sound: [ProtectedPlace] = []
        for place in places {
            do throws(HTTPFailure) {
                let found = try ask(place, token, lesser).findings()
                if found.allSatisfy({ $0.severity == .ok }) { sound.append(place) }
                findings += found
            } catch {
                if error == .stopped { throw error }
                findings.append(
                    Finding(
                        .warning,
                        "location-unanswered",
                        at: place.place,
                        "GET \(site.base.origin)\(place.path) got no answer.",
                        remedy: "Look at the application, and at nginx's error log."
                    )
                )
            }
        }
        return (findings, sound)
    }

    private func ask(_ place: ProtectedPlace, _ token: String?, _ lesser: String?) -> LocationAsk {
        LocationAsk(site: site, place: place, token: token, lesser: lesser)
    }

    /// An id that no client has.
    private static var invented: ClientID { DoctorClient.newID() }
}
