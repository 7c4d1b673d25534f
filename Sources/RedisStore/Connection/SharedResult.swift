/// A value that many wait for and one sets.
final class SharedResult<Value> {
    private var result: Value?
    private var waiting: [() -> Void] = []

    /// The value, once it is set.
    func value() async -> Value {
        if result == nil {
            // Sound: each is resumed once, by `set`.
            await unsafe withUnsafeContinuation { continuation in
                waiting.append { unsafe continuation.resume() }
            }
        }
        guard let result else { preconditionFailure("it is set before anyone is resumed") }
        return result
    }

    /// Sets it, once.
    func set(_ value: Value) {
        guard result == nil else { return }
        result = value
        for resume in waiting { resume() }
        waiting = []
    }
}
