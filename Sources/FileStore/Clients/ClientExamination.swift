package import GrantCore

/// What an administrator should know of a client whose file can be used.
package struct ClientExamination: Sendable, Equatable {
    /// What keeps the client from working, a sentence each.
    package let problems: [String]
    /// What may be a mistake, and is not obeyed.
    package let notices: [String]

    /// Looks at a client's file.
    package init(_ file: ClientFile, at now: Timestamp) {
        let client = file.client
        var problems: [String] = []
        if client.isActive {
            if client.secrets.isEmpty {
                problems.append("has no secret: it cannot authenticate")
            } else if !client.secrets.contains(where: { $0.isCurrent(at: now) }) {
                problems.append("has only secrets that have expired: it cannot authenticate")
            }
        }
        if let notBefore = client.notBefore, now < notBefore {
            problems.append("has a not_before in the future: it gets no token before \(UTCTime(notBefore))")
        }
        self.problems = problems
        notices = file.unknownMembers.map { "has a member that grantd does not know: \($0.printable)" }
    }
}
