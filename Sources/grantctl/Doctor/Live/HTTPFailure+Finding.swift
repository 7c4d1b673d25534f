import Doctor

extension HTTPFailure {
    /// What it means that a site does not answer; nil if this process was asked to stop.
    func finding(_ base: MountURL) -> Finding? {
        func failure(_ name: String, _ statement: String, _ remedy: String) -> Finding {
            Finding(.failure, name, statement, remedy: remedy)
        }
        switch self {
        case .stopped: return nil
        case .notResolved:
            return failure(
                "host-unknown",
                "The name \(base.host) has no address.",
                "Correct the URL, or add the name to the DNS or to /etc/hosts."
            )
        case .notConnected:
            return failure(
                "connection-refused",
                "Nothing listens at \(base.authority).",
                "Start nginx, `systemctl start nginx`, and look at the site's `listen` lines and the firewall."
            )
        case .timedOut, .cutShort:
            return failure(
                "no-answer",
                "\(base.authority) did not answer in time, or closed the connection without an answer.",
                "Look at the firewall, and at nginx's error log: a worker may hang, or `return 444` may apply."
            )
        case .handshakeFailed(let text):
            return failure(
                "tls-handshake",
                "TLS cannot be started with \(base.authority): \(text).",
                "Write `listen 443 ssl;` with ssl_certificate in the site, or correct the port of the URL; see ssl_protocols as well."
            )
        case .untrusted(let text):
            return failure(
                "certificate-untrusted",
                "The certificate of \(base.authority) is not trusted: \(text).",
                "Renew it, install it with its chain of intermediate certificates, and for this name. For an authority of "
                    + "your own, name its file with --ca."
            )
        case .unusableAuthority(let text):
            return failure(
                "authority-unusable",
                "The file of --ca cannot be used: \(text).",
                "Name a file of PEM certificates."
            )
        case .notInstalled, .notRun, .unsendable, .tooLong, .notHTTP, .other:
            return failure(
                "request-fails",
                "The request to \(base.authority) failed: \(self).",
                "Try `curl -v \(base)/health`."
            )
        }
    }
}
