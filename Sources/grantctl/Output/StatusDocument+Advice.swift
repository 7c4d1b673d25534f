import Counters
import Monitoring

extension StatusDocument {
    /// Whether the counters say that a worker serves.
    var serves: Bool { countersFault == nil && pool.serving > 0 }

    /// The workers' health in one sentence, or why it is not known.
    var workersSentence: String {
        if let countersFault { return "no counters: \(countersFault)" }
        return pool.sentence
    }

    /// What to do if no worker serves.
    static let adviceWithoutWorkers = "Start grantd: systemctl start grantd. Its log says why it does not serve."
}

extension CountersFault {
    /// What to do about it.
    var advice: String {
        switch self {
        case .missing:
            "The workers make the file when they start. If grantd runs, it has another state directory or GRANTD_METRICS=off."
        case .foreign:
            "A worker that answers a request puts a new file in its place within 10 seconds. If it stays, no worker runs: "
                + "remove it and start grantd."
        case .call: "Run grantctl as root, or as the user that grantd runs as."
        case .otherVersion: "systemctl restart grantd"
        case .locked(let name): "Find the process that has the lock: fuser -v on \(name)."
        case .full: "Run fewer workers."
        }
    }
}
