/// What an endpoint says to a request at once: the answer, or that it takes slow hashes to tell.
package enum EndpointReply<Answer> {
    /// The answer.
    case answer(Answer)
    /// Nobody knows yet whether the client is who it says.
    case undecided(UndecidedReply<Answer>)
}

/// A request whose client has not proved itself by what can be compared at once: what has to be computed first, and how
/// it goes on.
///
/// Whatever fails comes to this, also where there is nothing to compute. So whoever lets one such request wait for the
/// hashes of another can let all wait alike, and nobody learns whose took a hash.
package struct UndecidedReply<Answer> {
    /// The client that the request named, known or not.
    package let claimed: ClientID?
    /// What has to be run before it is decided, on any thread.
    package let comparison: SlowComparison
    /// Goes on with the request at a time, once and after the comparison, where the request came from. It counts a
    /// failure, and answers.
    package let decide: (_ now: Timestamp) throws(OAuthError) -> Answer

    /// The same with another answer, which is made of this one's and the time.
    package func map<Other>(
        _ change: @escaping (_ answer: Answer, _ now: Timestamp) throws(OAuthError) -> Other
    ) -> UndecidedReply<Other> {
        UndecidedReply<Other>(claimed: claimed, comparison: comparison) { [decide] now throws(OAuthError) in
            try change(decide(now), now)
        }
    }
}

/// An endpoint that clients come to with credentials.
package protocol ClientEndpoint {
    /// What it answers.
    associatedtype Answer

    /// The answer to a request, or what it takes.
    ///
    /// Nothing is counted or done before it is known, so that a request may as well be forgotten, and asked again.
    func reply(to request: EndpointRequest, at now: Timestamp) throws(OAuthError) -> EndpointReply<Answer>
}

extension ClientEndpoint {
    /// The answer to a request, for a caller who can wait for slow hashes.
    package func respond(to request: EndpointRequest, at now: Timestamp) throws(OAuthError) -> Answer {
        switch try reply(to: request, at: now) {
        case .answer(let answer):
            return answer
        case .undecided(let undecided):
            undecided.comparison.run()
            return try undecided.decide(now)
        }
    }
}
