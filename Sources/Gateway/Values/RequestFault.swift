/// What is wrong with the records of a request.
package enum RequestFault: String, Sendable, Equatable {
    /// The first byte of a record is not 1.
    case version = "not FastCGI version 1"
    /// A record of a type, or for a request, that does not come next in a request.
    case order = "a record that does not belong there"
    /// A management record. libfcgi 2.4.2 would write the answers to one past the end of its buffer.
    case management = "a management record"
    /// The beginning is not one of the three roles, with a request's number.
    case beginning = "not the beginning of a request"
    /// Padding after the beginning or the parameters' end. libfcgi 2.4.2 forgets it there and takes it for records.
    case padding = "padding where libfcgi reads none"
    /// The parameters are over their limit, or one announces more than that.
    case parametersTooLarge = "parameters over the limit"
    /// The parameters end inside one.
    case parametersCutOff = "the parameters end inside one"
    /// Many times as many bytes of records as of content.
    case wasteful = "records over the limit"
}
