/// Something besides requests that an event loop waits for: connections to a server of the program's own, say.
///
/// All of it is called on the loop's thread.
package protocol EventSource: AnyObject {
    /// Readable while ``handleEvents()`` has something to do.
    var descriptor: Int32 { get }
    /// When ``handleEvents()`` is due although the descriptor is not readable; nil if it never is.
    var deadline: ContinuousClock.Instant? { get }
    /// Handles what has happened, and the deadlines that have passed.
    func handleEvents()
    /// Sends what was gathered since the last call.
    ///
    /// - Returns: whether there was anything to do. What this has resumed may gather more.
    func flush() -> Bool
}
