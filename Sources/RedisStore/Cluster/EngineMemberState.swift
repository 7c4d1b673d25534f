/// How a member of the engine stands, as one process sees it.
package struct EngineMemberState {
    /// Its address and port.
    package let name: String
    /// Whether it has slots; it is a replica otherwise.
    package let isPrimary: Bool
    package let state: State

    /// How it stands.
    package enum State: String {
        /// It answers.
        case connected
        /// There was no need to ask it so far.
        case unused
        /// It did not answer when it was asked last.
        case failed
    }
}

extension Engine {
    /// The members that the topology names, in the order of their names.
    package var memberStates: [EngineMemberState] {
        guard let topology else { return [] }
        return topology.members.sorted { "\($0)" < "\($1)" }.map { name in
            EngineMemberState(
                name: "\(name)",
                isPrimary: topology.primaries.contains(name),
                state: knownMember(name)?.state ?? .unused
            )
        }
    }

    /// Has something told how long each question took to be answered.
    package func observeAnswers(_ observe: @escaping (Duration) -> Void) {
        loop.observeAnswer = observe
    }
}
