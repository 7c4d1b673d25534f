/// What sends the doctor's requests: curl, or in tests what stands for a site.
protocol WebAsker {
    /// Sends a request and waits for the answer.
    ///
    /// - Throws: if the request was not answered.
    func answer(to request: WebRequest) throws(WebFailure) -> WebAnswer
}

/// Why there is no answer.
enum WebFailure: Error, Equatable {
    /// The host has no address.
    case unknownHost
    /// Nothing listens there.
    case refused
    /// No answer came in time.
    case noAnswer
    /// There is no TLS, or none that both sides speak.
    case handshake(String)
    /// The certificate is not trusted.
    case certificate(String)
    /// The file of authorities that was named is of no use.
    case authority(String)
    /// Something else, in curl's words.
    case other(String)
    /// This process was asked to stop.
    case stopped
}
