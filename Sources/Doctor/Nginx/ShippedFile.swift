import Settings

/// The files of grantd's that a site includes.
enum ShippedFile {
    private static let names = ["grantd.http.conf", "grantd.server.conf", "grantd.client.conf", "grantd.identity.conf"]

    /// The file that is meant by a path.
    struct Meant {
        /// The path, with the folder as it is written or, if that is nearly `snippets`, with that.
        let path: String
        /// Whether the path is another one in any case; if not, only its folder may be wrong.
        let isOther: Bool
    }

    /// The shipped file that a path names nearly or wholly; nil if it names something else.
    static func near(_ path: String) -> Meant? {
        guard !NginxPath.isPattern(path) else { return nil }
        let written = NginxPath.name(of: path)
        let folder = NginxPath.directory(of: path)
        let folderName = NginxPath.name(of: folder)
        let isNearFolder = folderName != "snippets" && isNear(folderName, "snippets", 2)
        let right = isNearFolder ? NginxPath.joined(NginxPath.directory(of: folder), "snippets") : folder
        if names.contains(written) {
            if isNearFolder { return Meant(path: NginxPath.joined(right, written), isOther: true) }
            let usual = "snippets/\(written)"
            return path == usual || path.hasPrefix("/") ? nil : Meant(path: usual, isOther: false)
        }
        guard let name = names.first(where: { isMeant($0, by: written) }) else { return nil }
        return Meant(path: NginxPath.joined(right.isEmpty ? "snippets" : right, name), isOther: true)
    }

    /// Whether a path is that of a shipped file.
    static func isShipped(_ path: String) -> Bool { names.contains(NginxPath.name(of: path)) }

    private static func isMeant(_ name: String, by written: String) -> Bool {
        isNear(written, name, 2) || isNear(written, String(name.dropLast(".conf".count)), 1)
    }

    private static func isNear(_ written: String, _ word: String, _ limit: Int) -> Bool {
        Spelling.isNear(written.lowercased(), word, atMost: limit)
    }
}
