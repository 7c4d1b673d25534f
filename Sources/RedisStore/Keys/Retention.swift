/// How long the engine keeps what counts until a time.
enum Retention {
    /// How much longer than until then, in milliseconds: the clock that decides is the one of the machine that is asked.
    static let slack: Int64 = 60_000
}
