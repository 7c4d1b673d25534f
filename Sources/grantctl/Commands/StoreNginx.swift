import ArgumentParser
import GrantCore
import RedisStore
import Settings

/// `grantctl store nginx`
struct StoreNginx: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "nginx",
        abstract: "Prints the part of nginx's configuration that carries connections to the engine over TLS.",
        discussion: """
            It has a unix socket for each member that the engine has now, for GRANTD_STORE_VIA. Include it in nginx's \
            `stream` block, and print it again when members come or go. Each member has to take TLS on the port that it \
            announces, and show a certificate of the authority for --name.

            EXAMPLES:
              grantctl store nginx --authority /etc/grantd/redis-ca.pem > /etc/nginx/grantd-redis.conf
            """
    )

    @Option(
        help: ArgumentHelp("The file of the certificates that the members' are signed with.", valueName: "file"),
        completion: .file()
    )
    var authority: String

    @Option(help: ArgumentHelp("The name in the members' certificates.", valueName: "name"))
    var name = "grantd-redis"

    @Option(
        help: ArgumentHelp("The file of this machine's own certificate, if members ask for one.", valueName: "file"),
        completion: .file()
    )
    var certificate: String?

    @Option(help: ArgumentHelp("The file of its key.", valueName: "file"), completion: .file())
    var key: String?

    @Option(
        help: ArgumentHelp("The sockets' path (default: GRANTD_STORE_VIA).", valueName: "path"),
        completion: .file()
    )
    var via: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (certificate == nil) == (key == nil) else {
            throw ValidationError("--certificate and --key go together.")
        }
        for text in [authority, name, certificate, key, via].compactMap(\.self)
        where text.contains(where: { " \t\n\r;{}\"'\\$".contains($0) }) {
            throw ValidationError("nginx cannot take \(text.debugDescription) as it is.")
        }
    }

    func perform(in site: Site, _ store: RedisStore, at now: () -> Timestamp) async throws -> Report {
        let template = try via ?? common.settings().storeVia ?? "/run/grantd/redis/%h-%p.sock"
        let members = try await store.engine.memberAddresses()
        let servers = members.map { server($0, template) }
        return Report(json: members.map(\.description), text: servers.joined(separator: "\n"))
    }

    private func server(_ member: MemberName, _ template: String) -> String {
        var lines = [
            "server {",
            "    listen unix:\(member.socket(template));",
            "    proxy_pass \(member);",
            "    proxy_connect_timeout 1s;",
            "    proxy_timeout 1h;",
            "    proxy_ssl on;",
            "    proxy_ssl_verify on;",
            "    proxy_ssl_verify_depth 2;",
            "    proxy_ssl_trusted_certificate \(authority);",
            "    proxy_ssl_name \(name);",
            "    proxy_ssl_session_reuse on;",
        ]
        if let certificate, let key {
            lines.append("    proxy_ssl_certificate \(certificate);")
            lines.append("    proxy_ssl_certificate_key \(key);")
        }
        return (lines + ["}"]).joined(separator: "\n")
    }
}
