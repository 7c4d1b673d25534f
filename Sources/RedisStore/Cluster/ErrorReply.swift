/// What an error that a member answers means to the one who asked.
enum ErrorReply: Equatable {
    /// The slot is another member's.
    case moved(to: MemberName)
    /// The slot is on its way to another member, which has this key already.
    case ask(MemberName)
    /// The member cannot answer now; a moment later it, or another, can.
    case later
    /// The member is not the slot's primary any more.
    case refresh
    /// It takes no writes.
    case full
    /// It is set up wrongly.
    case misconfigured(String)
    /// Anything else.
    case other

    /// Reads an error by its first word.
    ///
    /// - Parameter asked: the member that answered.
    init(_ text: String, from asked: MemberName) {
        let words = text.split(separator: " ")
        switch words.first {
        case "MOVED":
            guard words.count >= 3, let name = MemberName(redirection: words[2], asked: asked) else {
                self = .refresh
                return
            }
            self = .moved(to: name)
        case "ASK":
            guard words.count >= 3, let name = MemberName(redirection: words[2], asked: asked) else {
                self = .refresh
                return
            }
            self = .ask(name)
        case "TRYAGAIN", "LOADING", "BUSY", "CLUSTERDOWN", "MASTERDOWN": self = .later
        case "READONLY": self = .refresh
        case "OOM", "MISCONF", "NOREPLICAS": self = .full
        case "NOAUTH", "WRONGPASS":
            self = .misconfigured(
                "\(asked) refuses the user or the password: see GRANTD_STORE_USER and GRANTD_STORE_PASSWORD_FILE"
            )
        case "NOPERM":
            self = .misconfigured("\(asked) does not allow its user what grantd needs: see `grantctl store acl`")
        default:
            if text.contains("Function not found") {
                self = .misconfigured("\(asked) has not got grantd's functions: run `grantctl store init`")
            } else if text.contains("without any password configured") {
                self = .misconfigured("\(asked) takes no password: unset GRANTD_STORE_PASSWORD_FILE")
            } else {
                self = .other
            }
        }
    }
}
