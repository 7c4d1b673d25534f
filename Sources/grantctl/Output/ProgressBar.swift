import Glibc
import Settings

/// Shows on standard error how far a command has come, if that is a terminal and the command takes longer than half a second.
/// The line is erased at the end.
final class ProgressBar {
    private let label: String
    private let unit: String
    private let total: Int?
    private let glyphs: Glyphs
    private let isShown: Bool
    private let start = ContinuousClock.now
    private var next: ContinuousClock.Instant
    private var done = 0
    /// Nil while no line is drawn.
    private var signals: EndingSignals?

    /// After this time the line is shown.
    private static let patience: Duration = .milliseconds(500)
    /// The time from one drawing to the next.
    private static let interval: Duration = .milliseconds(100)
    private static let erase = "\r\u{1B}[K"

    /// Begins.
    ///
    /// - Parameters:
    ///   - label: what is done: `Importing clients`.
    ///   - unit: what is counted: `clients`.
    ///   - total: how many there are; nil if that is not known.
    ///   - isPrinting: whether the command prints to standard output meanwhile; nothing is shown then if that is a terminal.
    init(_ label: String, of unit: String, total: Int? = nil, whilePrinting isPrinting: Bool = false) {
        let environment = ProcessEnvironment.current()
        self.label = label
        self.unit = unit
        self.total = total
        glyphs = Glyphs.shown(by: environment)
        isShown =
            Terminal.takesControls(on: STDERR_FILENO, environment)
            && !(isPrinting && Terminal.isThere(on: STDOUT_FILENO))
        next = start + Self.patience
    }

    /// Counts what is done, and draws if it is time.
    ///
    /// - Parameter fraction: the part that is done, from 0 to 1, if another measure than the count tells it.
    func advance(fraction: Double? = nil) {
        done += 1
        guard isShown else { return }
        let now = ContinuousClock.now
        guard now >= next else { return }
        next = now + Self.interval
        let text = ProgressText(
            label: label,
            unit: unit,
            done: done,
            fraction: fraction ?? total.map { Double(done) / Double(max($0, 1)) },
            total: total,
            elapsed: start.duration(to: now) / .seconds(1)
        )
        draw(text.line(width: TerminalSize.of(STDERR_FILENO).columns - 1, glyphs))
    }

    /// Erases the line until the next drawing: before something else is printed.
    func hide() {
        guard let signals else { return }
        Self.write(Self.erase)
        signals.restore()
        self.signals = nil
    }

    deinit { hide() }

    private func draw(_ line: String) {
        if signals == nil { signals = EndingSignals() }
        Self.write("\r\(line)\u{1B}[K")
    }

    private static func write(_ text: String) { printToStandardError(text, terminator: "") }
}
