/// A request to a web server, as `Curl` sends it.
struct HTTPRequest {
    /// `GET`, `POST` and so on.
    var method = "GET"
    /// An `http` or `https` URL without a user's name and password. It is sent as it is written.
    var url: String
    /// The headers, in order, beside those that curl adds.
    var headers: [(name: String, value: String)] = []
    /// The body; nil for none.
    var body: String?
    /// A file of certificates in PEM to trust instead of the system's; nil for the system's.
    var certificateAuthority: String?
    /// An address, and maybe a port after a colon, to connect to instead of the URL's host; nil for the URL's host.
    var destination: String?
    /// Seconds until a connection must have been made.
    var connectionTimeout = 10
    /// Seconds until all of the answer must have come.
    var timeout = 30
}
