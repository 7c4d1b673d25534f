/// Why clients or tokens cannot be read or written; the text is for the log.
package enum StorageError: Error, Equatable, CustomStringConvertible {
    /// There is no room for another token; those issued stay active.
    case full(String)
    /// A call failed; the next may not.
    case unavailable(String)
    /// What was written may be lost, and asking again would hide it: the process has to end.
    case syncFailed(String)
    /// Something else stands where the storage was: the process has to end, so that another opens what is there now.
    case replaced(String)
    /// A file is of a format that this version does not know.
    case unknownFormat(String)
    /// What was done cannot be audited, so that it must not be handed out.
    case unaudited(String)

    /// Whether the process that met it has to end.
    package var endsProcess: Bool {
        switch self {
        case .syncFailed, .replaced: true
        case .full, .unavailable, .unknownFormat, .unaudited: false
        }
    }

    package var description: String {
        switch self {
        case .full(let text), .unavailable(let text), .syncFailed(let text), .unknownFormat(let text),
            .replaced(let text), .unaudited(let text):
            text
        }
    }
}
