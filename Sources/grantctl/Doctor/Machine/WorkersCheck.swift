import Counters
import Doctor
import Monitoring

/// Whether workers serve, by what they have counted.
struct WorkersCheck {
    let document: StatusDocument
    /// Why there are no counters; nil if there are.
    let fault: CountersFault?

    /// How long the death of a worker is reported, in seconds.
    private static let recent: Int64 = 3600

    /// What there is to say.
    func findings() -> [Finding] {
        if let fault {
            let remedy = fault.advice
            return [Finding(.warning, "counters-unreadable", "The counters cannot be read: \(fault).", remedy: remedy)]
        }
        // Nothing is counted, as the settings say.
        if document.countersFault != nil { return [] }
        guard document.pool.serving > 0 else {
            let statement = "\(document.pool.sentence.startingASentence)."
            return [Finding(.failure, "no-worker", statement, remedy: StatusDocument.adviceWithoutWorkers)]
        }
        var findings: [Finding] = []
        if let size = document.pool.size, document.pool.serving < size {
            findings.append(
                Finding(
                    .warning,
                    "workers-missing",
                    "Only \(document.pool.sentence).",
                    remedy: "Look again in a minute; the log says why a worker does not start: `journalctl -u grantd`."
                )
            )
        }
        if let last = document.pool.lastRestart, document.time - last < Self.recent {
            findings.append(
                Finding(
                    .warning,
                    "workers-die",
                    "A worker died at \(TimeText.text(last)) and was replaced; \(document.pool.restarts) have been replaced so far.",
                    remedy: "The log says why: `journalctl -u grantd`."
                )
            )
        }
        findings += requestFindings
        if findings.isEmpty {
            return [Finding(.ok, "workers", "\(document.pool.sentence.startingASentence).")]
        }
        return findings
    }

    private var requestFindings: [Finding] {
        var findings: [Finding] = []
        let insecure = document.lastHour.refusals.filter { $0.reason == "insecure_transport" }.reduce(0) {
            $0 &+ $1.count
        }
        if insecure > 0 {
            findings.append(
                Finding(
                    .warning,
                    "refused-in-clear",
                    "Within the last hour, \(insecure) requests were refused because they did not come over TLS.",
                    remedy:
                        "Give clients the https URL. If they use it already, a load balancer terminates TLS: see the map of $grantd_https "
                        + "in grantd.http.conf."
                )
            )
        }
        if document.lastHour.auditFailures > 0 {
            findings.append(
                Finding(
                    .failure,
                    "audit-lines-lost",
                    "Within the last hour, \(document.lastHour.auditFailures) lines of the audit could not be written.",
                    remedy: "The log says why; look at the audit's directory and its disk."
                )
            )
        }
        return findings
    }
}
