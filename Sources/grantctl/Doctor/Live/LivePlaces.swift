import Doctor

/// What a configuration says of the host that is asked.
struct LivePlaces {
    /// The mounts of the server that answers for the host, or all if it cannot be told or has none.
    let mounts: [MountSummary]
    /// The protected paths of that server; none if it cannot be told, since a path of another host means nothing here.
    let protected: [ProtectedPlace]

    /// Finds them.
    init(_ configuration: NginxConfiguration?, of url: MountURL) {
        guard let configuration else {
            (mounts, protected) = ([], [])
            return
        }
        let own = SiteExamination.mounts(of: configuration, answering: url.host, port: url.port)
        mounts = own.isEmpty ? SiteExamination.mounts(of: configuration) : own
        var paths: Set<String> = []
        protected = SiteExamination.protectedLocations(of: configuration, answering: url.host, port: url.port)
            .compactMap(ProtectedPlace.init).filter { paths.insert($0.path).inserted }
    }
}
