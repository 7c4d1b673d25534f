import Settings
import Synchronization

/// The form of this process's lines, which all its loggers share, and a reload can change.
final class SharedLogFormat: Sendable {
    private let format: Mutex<Settings.LogFormat>

    /// Begins with a form.
    init(_ format: Settings.LogFormat) {
        self.format = Mutex(format)
    }

    /// The form of the next line.
    var current: Settings.LogFormat { format.withLock { $0 } }

    /// Takes another form from the next line on.
    func change(to format: Settings.LogFormat) {
        self.format.withLock { $0 = format }
    }
}
