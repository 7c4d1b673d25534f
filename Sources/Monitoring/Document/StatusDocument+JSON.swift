import Encoding

extension StatusDocument {
    /// The document as a JSON object, on one line.
    package var json: String { object.text }

    private var object: JSONObject {
        var object = JSONObject()
        object.add("version", version)
        object.add("time", time)
        object.add("since", since)
        object.add("healthy", failure == nil)
        object.add("failure", failure)
        object.add("counters_fault", countersFault)
        object.add("pool", pool.object)
        object.add("workers", workers.map(\.object))
        object.add("totals", totals.object)
        object.add("last_minute", lastMinute.object)
        object.add("last_hour", lastHour.object)
        object.add("latencies", latencies.map(\.object))
        object.add("history", history.object)
        if let tokens { object.add("tokens", tokens.object) }
        if let clients { object.add("clients", clients.object) }
        if let clientsByUse { object.add("clients_by_use", clientsByUse.map(\.object)) }
        object.add("locked_out", lockedOut.map(\.object))
        if let members { object.add("store_members", members.map(\.object)) }
        return object
    }
}

extension StatusDocument.Pool {
    fileprivate var object: JSONObject {
        var object = JSONObject()
        object.add("size", size.map(Int64.init))
        object.add("starting", Int64(starting))
        object.add("serving", Int64(serving))
        object.add("stopping", Int64(stopping))
        object.add("restarts", Int64(clamping: restarts))
        object.add("last_restart", lastRestart)
        return object
    }
}

extension StatusDocument.Worker {
    fileprivate var object: JSONObject {
        var object = JSONObject()
        object.add("process", Int64(process))
        object.add("since", since)
        object.add("requests", Int64(clamping: requests))
        object.add("connections", Int64(connections))
        object.add("busy", Int64(busy))
        object.add("slow_hashes", Int64(slowHashes))
        return object
    }
}

extension StatusDocument.Totals {
    fileprivate var object: JSONObject {
        var object = JSONObject()
        object.add("seconds", seconds)
        object.add("requests", Int64(clamping: requests))
        object.add("tokens_issued", Int64(clamping: tokensIssued))
        var decisions = JSONObject()
        for check in checks { decisions.add(check.name, Int64(clamping: check.count)) }
        object.add("checks", decisions)
        object.add("refusals", refusals.map(\.object))
        object.add("dropped", Int64(clamping: dropped))
        object.add("audit_failures", Int64(clamping: auditFailures))
        return object
    }
}

extension StatusDocument.Refusal {
    fileprivate var object: JSONObject {
        var object = JSONObject()
        object.add("error", error)
        object.add("reason", reason)
        object.add("count", Int64(clamping: count))
        return object
    }
}

extension StatusDocument.Latency {
    fileprivate var object: JSONObject {
        var object = JSONObject()
        object.add("endpoint", endpoint)
        object.add("requests", Int64(clamping: requests))
        object.add("median", median)
        object.add("p99", p99)
        return object
    }
}

extension StatusDocument.History {
    fileprivate var object: JSONObject {
        var object = JSONObject()
        object.add("begin", begin)
        object.add("step", step)
        object.add("tokens", tokens)
        object.add("checks_allowed", allowed)
        object.add("checks_denied", denied)
        var errors = JSONObject()
        for series in refusals { errors.add(series.name, series.values) }
        object.add("refusals", errors)
        object.add("token_p99", tokenP99)
        object.add("check_p99", checkP99)
        return object
    }
}

extension StatusDocument.Tokens {
    fileprivate var object: JSONObject {
        var object = JSONObject()
        object.add("active", Int64(active))
        object.add("counted_at", countedAt)
        object.add(
            "by_expiry",
            byExpiry.map { expiry in
                var object = JSONObject()
                object.add("until", expiry.until)
                object.add("count", Int64(expiry.count))
                return object
            }
        )
        return object
    }
}

extension StatusDocument.Clients {
    fileprivate var object: JSONObject {
        var object = JSONObject()
        object.add("active", Int64(active))
        object.add("disabled", Int64(disabled))
        object.add("unusable", Int64(unusable))
        object.add("counted_at", countedAt)
        return object
    }
}

extension StatusDocument.ClientUse {
    fileprivate var object: JSONObject {
        var object = JSONObject()
        object.add("client_id", clientID)
        object.add("tokens_issued", Int64(clamping: tokensIssued))
        object.add("refusals", Int64(clamping: refusals))
        return object
    }
}

extension StatusDocument.LockOut {
    fileprivate var object: JSONObject {
        var object = JSONObject()
        object.add("client_id", clientID)
        object.add("address", address)
        object.add("until", until)
        return object
    }
}

extension StatusDocument.Member {
    fileprivate var object: JSONObject {
        var object = JSONObject()
        object.add("name", name)
        object.add("role", role)
        object.add("state", state)
        return object
    }
}

extension JSONObject {
    /// Adds a string, unless it is nil.
    fileprivate mutating func add(_ name: String, _ value: String?) {
        if let value { add(name, value) }
    }

    /// Adds a number, unless it is nil.
    fileprivate mutating func add(_ name: String, _ value: Int64?) {
        if let value { add(name, value) }
    }
}
