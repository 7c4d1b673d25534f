import Counters
import Encoding
import FileStore
import Gateway
import GrantCore
import Monitoring
import Settings

/// The endpoints `/metrics` and `/status`.
struct MonitoringEndpoints {
    /// Reads the counts of the pool; nil if `GRANTD_METRICS` is off.
    let read: ((_ withHistory: Bool) throws(CountersFault) -> CounterReading)?
    /// Whether `GRANTD_METRICS_CLIENTS` is on.
    let countsClients: Bool
    let census: SharedCensus?
    let registry: any ClientRegistry
    let counts: any FailureCounts
    /// The engine's members; nil if everything is in files.
    let members: () -> [StatusDocument.Member]?

    /// `/metrics`, in the format that the request accepts.
    ///
    /// - Parameter failure: looks why no token can be granted now.
    func metrics(
        _ request: GatewayRequest,
        failure: () async -> HealthFailure?,
        at now: Timestamp
    ) async throws(OAuthError) -> GatewayResponse {
        guard request.mayMonitor else { throw .notLocal }
        guard let read else { throw .notFound }
        let reading: CounterReading
        do throws(CountersFault) {
            reading = try read(false)
        } catch {
            // The log has the reason already. The caller is an administrator and gets it as well.
            var answer = JSONObject()
            answer.add("error", "temporarily_unavailable")
            answer.add("error_description", error.description)
            return GatewayResponse(status: 503, json: answer.text)
        }
        let census = await census?.latest(at: now)
        var document = MetricsDocument(version: version, reading: reading, isHealthy: await failure() == nil)
        document.activeTokens = census?.activeTokens
        document.clients = census.map(StatusDocument.Clients.init)
        document.members = members()
        let format = MetricsFormat(accept: request.parameters["HTTP_ACCEPT"])
        return GatewayResponse(
            status: 200,
            headers: [("Content-Type", format.contentType), ("Cache-Control", "no-store")],
            body: Array(document.text(format).utf8)
        )
    }

    /// `/status`, as a page or as JSON by the query.
    func status(
        _ request: GatewayRequest,
        failure: () async -> HealthFailure?,
        at now: Timestamp
    ) async throws(OAuthError) -> GatewayResponse {
        guard request.mayMonitor else { throw .notLocal }
        let isJSON = try isJSON(request)
        let document = await document(failure: failure, at: now)
        if isJSON { return GatewayResponse(status: 200, json: document.json) }
        return GatewayResponse(
            status: 200,
            headers: [
                ("Content-Type", "text/html; charset=utf-8"),
                ("Content-Security-Policy", StatusPage.contentSecurityPolicy),
                ("Referrer-Policy", "no-referrer"),
                ("Cache-Control", "no-store"),
            ],
            body: Array(StatusPage(document).html.utf8)
        )
    }

    private func isJSON(_ request: GatewayRequest) throws(OAuthError) -> Bool {
        let formats = (request.parameters["QUERY_STRING"] ?? "").split(separator: "&").filter {
            $0.hasPrefix("format=")
        }
        switch formats.last?.dropFirst("format=".count) {
        case nil, "html"?: return false
        case "json"?: return true
        default: throw .invalidRequest("format is html or json")
        }
    }

    private func document(failure: () async -> HealthFailure?, at now: Timestamp) async -> StatusDocument {
        var document = StatusDocument()
        let census = await census?.latest(at: now)
        do throws(CountersFault) {
            guard let read else { throw .missing }
            let reading = try read(true)
            document = StatusDocument(version: version, reading: reading, at: now.seconds)
            if !countsClients { document.clientsByUse = nil }
            document.lockedOut = await StatusDocument.lockedOut(in: reading, at: now.seconds) {
                await stands($0, at: now)
            }
        } catch {
            (document.version, document.time) = (version, now.seconds)
            document.countersFault = read == nil ? "GRANTD_METRICS is off: nothing is counted" : error.description
        }
        document.failure = await failure()?.reason
        if let census { document.add(census) }
        document.members = members()
        return document
    }

    /// Whether a client exists, and its failures have not been forgiven.
    private func stands(_ lockOut: CounterReading.LockOut, at now: Timestamp) async -> Bool {
        guard let id = ClientID(lockOut.id), (try? await registry.client(for: id)) != nil else { return false }
        let origin = Origin(address: lockOut.address.isEmpty ? nil : lockOut.address)
        return await counts.record(of: .failures(id, origin), at: now) != nil
    }
}
