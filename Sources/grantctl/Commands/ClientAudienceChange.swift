import FileStore
import GrantCore

/// What `client set` was told to change of the services that a client's tokens may be for.
struct ClientAudienceChange: Equatable {
    /// All names that it may ask for.
    var whole: Audience?
    /// Names that it may ask for as well.
    var added = Audience.none
    /// Names that it may no longer ask for.
    var removed = Audience.none
    /// Those that its tokens are for if it does not ask.
    var standard: Audience?

    /// Whether a client gets no name by it. Another default is not such a change: tokens without an audience pass where
    /// those with one do not.
    func onlyTakesAway(from client: Client) -> Bool {
        added.isEmpty && standard == nil && whole.map { client.audiences.firstName(lackingFrom: $0) == nil } ?? true
    }

    /// Changes a client's audiences.
    ///
    /// - Throws: `refused` if a name that it is to lose is not there, the default has one that it may not have, or they are
    ///   too many.
    func apply(to client: inout Client) throws(AdministrationError) {
        guard self != ClientAudienceChange() else { return }
        let names = (whole ?? client.audiences).names
        let known = names.isEmpty ? "none" : names.joined(separator: " ")
        guard let all = Audience(names + added.names) else {
            throw .refused(
                "a client has at most \(Audience.mostNames) audiences, of \(Audience.longest) bytes together: nothing was done"
            )
        }
        if let missing = all.firstName(lackingFrom: removed) {
            throw .refused("client \(client.id) does not have the audience \(missing); its audiences are: \(known)")
        }
        let allowed = Audience(all.names.filter { !removed.names.contains($0) }) ?? .none
        let usual = standard ?? client.defaultAudience
        if let missing = allowed.firstName(lackingFrom: usual) {
            throw .refused(
                """
                \(missing) is in the default audience of client \(client.id), which has to be of its audiences: change both, \
                --add-audience or --default-audience
                """
            )
        }
        (client.audiences, client.defaultAudience) = (allowed, usual)
    }
}
