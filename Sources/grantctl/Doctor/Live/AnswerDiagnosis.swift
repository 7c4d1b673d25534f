import Doctor
import GrantCore

/// Says what is behind an answer that is not the one that grantd gives.
enum AnswerDiagnosis {
    private static let placement =
        "Include snippets/grantd.server.conf in this server {}, above every rewrite, if and return of the site."

    /// What a wrong answer to a request means.
    static func finding(_ answer: HTTPResponse, to request: HTTPRequest) -> Finding {
        let asked = LiveSite.name(of: request)
        func failure(_ name: String, _ statement: String, _ remedy: String) -> Finding {
            Finding(.failure, name, "\(asked) \(statement).", remedy: remedy)
        }
        if answer.isRedirect {
            return failure(
                "mount-redirects",
                "is redirected to \(answer.target), status \(answer.status)",
                answer.target.lowercased().hasPrefix("https://") && request.url.hasPrefix("http://")
                    ? "Give the doctor, and clients, the https URL." : placement
            )
        }
        if let description = answer.json.string("error_description"),
            description == OAuthError.insecureTransport.description
        {
            return request.url.hasPrefix("http://") ? refusedInClear(asked) : tlsNotSeen(asked)
        }
        switch answer.status {
        case 502:
            return failure(
                "worker-unreachable",
                "is answered 502: nginx does not reach a worker",
                "Run `systemctl start grantd.socket grantd.service`. nginx's error log has the number of the "
                    + "error: 2 means that the socket does not exist, 13 that nginx's user may not connect to it, 111 that no process "
                    + "listens on it."
            )
        case 504:
            return failure(
                "worker-silent",
                "is answered 504: a worker did not answer in time",
                "Run `systemctl restart grantd`; `grantctl status` and `journalctl -u grantd` say what the workers do."
            )
        case 503:
            let reason = answer.json.string("reason") ?? answer.json.string("error_description")
            return failure(
                "service-failing",
                "is answered 503\(reason.map { ": \($0)" } ?? "")",
                "The log says what fails: `journalctl -u grantd`. If nginx answers by itself, a limit of the site applies: limit_req or limit_conn."
            )
        case 429:
            return failure(
                "rate-limited",
                "is answered 429: too many requests",
                "Wait, and run the doctor again. The limits are in grantd.http.conf, and failures count as GRANTD_FAILURE_LIMIT says."
            )
        case 500:
            return failure("mount-fails", "is answered 500", "nginx's error log says why.")
        case 401 where answer.headers["www-authenticate"]?.hasPrefix("Basic") ?? false && !answer.json.isObject:
            return failure("mount-behind-password", "asks for a password of the site (auth_basic)", placement)
        case 403
        where !answer.json.isObject || answer.json.string("error_description") == "not allowed from this address":
            return failure(
                "mount-forbidden",
                "is answered 403 by nginx",
                "A rule by address, allow or deny, keeps this address out. If it is not meant for \(asked), set `allow all;`."
            )
        case 404 where !answer.json.isObject:
            return failure(
                "mount-missing",
                "is answered 404, and not by grantd",
                "\(placement) Or the mount has another path."
            )
        case 404:
            return failure(
                "mount-without-path",
                "reaches grantd, which has no such endpoint",
                "The site passes no PATH_INFO, or another one: use the shipped snippets/grantd.server.conf."
            )
        default:
            let what = answer.isHTML ? "with a page of the site, status \(answer.status)" : "\(answer.status)"
            return failure("mount-answered-by-site", "is answered \(what), and not by grantd", placement)
        }
    }

    /// What did not come over TLS is refused, as it should be.
    private static func refusedInClear(_ asked: String) -> Finding {
        Finding(.ok, "clear-refused", "\(asked) is refused without TLS, as it should be.")
    }

    /// grantd does not know that a request came over TLS.
    static func tlsNotSeen(_ asked: String) -> Finding {
        Finding(
            .failure,
            "tls-not-seen",
            "\(asked) is refused: grantd is told that it did not come over TLS.",
            remedy:
                "Use https. Behind a load balancer that terminates TLS, set the map of $grantd_https in grantd.http.conf."
        )
    }
}
