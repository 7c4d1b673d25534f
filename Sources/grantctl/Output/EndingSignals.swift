import Glibc

/// What the signals that end this process do meanwhile: a line on standard error is erased first.
struct EndingSignals {
    /// A signal, and what it did before.
    private let former: [(number: Int32, action: sigaction)]

    private static let numbers = [SIGINT, SIGTERM, SIGHUP, SIGPIPE]

    /// Sets what they do (`sigaction(2)`). One that is ignored stays so.
    init() {
        former = Self.numbers.compactMap { number in
            var former = sigaction()
            // The structures are values of this frame, and so they are below.
            unsafe sigaction(number, nil, &former)
            guard unsafe former.__sigaction_handler.sa_handler == nil else { return nil }
            var action = sigaction()
            unsafe action.__sigaction_handler.sa_handler = { number in
                let erase: StaticString = "\r\u{1B}[K"
                // Sound: write(2), signal(2) and raise(3) may be called in a handler, and the text is a constant.
                _ = unsafe Glibc.write(STDERR_FILENO, erase.utf8Start, erase.utf8CodeUnitCount)
                signal(number, SIG_DFL)
                raise(number)
            }
            unsafe sigaction(number, &action, nil)
            return (number, former)
        }
    }

    /// Puts back what they did before.
    func restore() {
        for (number, action) in former {
            var action = action
            unsafe sigaction(number, &action, nil)
        }
    }
}
