/// What sends requests: curl, or in tests what stands for a site.
protocol HTTPSender {
    /// Sends a request and returns the answer, whatever its status.
    func send(_ request: HTTPRequest) throws(HTTPFailure) -> HTTPResponse
}
