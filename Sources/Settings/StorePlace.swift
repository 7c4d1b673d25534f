import Linux

/// Where tokens, clients and counts are kept.
package enum StorePlace: Sendable, Equatable {
    /// In files of the state directory.
    case files
    /// In an engine that speaks the Redis protocol, by the addresses of some of its members.
    case servers([Server])
    /// In one server on this machine, by its unix socket.
    case socket(path: String)

    /// The address of a member.
    package struct Server: Sendable, Equatable {
        /// An address of IPv4 or IPv6, in numbers.
        package let host: String
        /// The port.
        package let port: UInt16
    }

    /// What a setting has to be: the end of the sentence "it takes …".
    static let expectation = "files, redis://ADDRESS:PORT, several addresses with commas, or redis+socket:///PATH"

    private static let servers = "redis://"
    private static let socket = "redis+socket://"

    /// Reads a setting; nil if it is not one.
    init?(_ text: String) {
        if text == "files" {
            self = .files
        } else if text.hasPrefix(Self.socket) {
            let path = String(text.dropFirst(Self.socket.count))
            guard path.hasPrefix("/"), path.utf8.count <= UnixAddress.longestPath else { return nil }
            self = .socket(path: path)
        } else if text.hasPrefix(Self.servers) {
            let texts = text.dropFirst(Self.servers.count).split(separator: ",", omittingEmptySubsequences: false)
            let servers = texts.compactMap { Server($0) }
            guard servers.count == texts.count else { return nil }
            self = .servers(servers)
        } else {
            return nil
        }
    }

    /// The setting that reads so.
    var text: String {
        switch self {
        case .files: "files"
        case .servers(let servers): Self.servers + servers.map(\.text).joined(separator: ",")
        case .socket(let path): Self.socket + path
        }
    }
}

extension StorePlace.Server {
    /// Reads `10.0.0.1:6379` or `[fd00::1]:6379`; nil for anything else.
    fileprivate init?(_ text: Substring) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        guard IPAddress(String(host)) != nil else { return nil }
        self.init(host: String(host), port: port)
    }

    fileprivate var text: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
