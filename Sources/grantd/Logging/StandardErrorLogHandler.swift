import FileStore
import Glibc
import GrantCore
import Logging
import Settings

/// Writes each event to standard error as one line, in one `write(2)`, so that workers' lines never mix.
struct StandardErrorLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let format: SharedLogFormat
    private let style: LogStyle

    /// Takes events of a level and above.
    init(level: Logger.Level, format: SharedLogFormat, style: LogStyle) {
        self.logLevel = level
        self.format = format
        self.style = style
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var details = metadata
        if let provided = metadataProvider?.get() { details.merge(provided) { $1 } }
        if let own = event.metadata { details.merge(own) { $1 } }
        if let error = event.error { details["error"] = "\(error)" }
        write(Array(line(event.level, "\(event.message)", details).utf8))
    }

    private func line(_ level: Logger.Level, _ message: String, _ details: Logger.Metadata) -> String {
        let now = KernelFileSystem().now
        return switch format.current {
        case .text:
            LogLine.text(level: level, message: message, metadata: details, style: style, at: Int(now.seconds))
        case .json:
            JSONLogLine.text(level: level, message: message, metadata: details, style: style, at: now)
        }
    }

    /// A line that cannot be written is lost: there is nowhere to say so.
    private func write(_ line: [UInt8]) {
        // The pointer is the array's own, for the time of the call (write(2)).
        while unsafe Glibc.write(STDERR_FILENO, line, line.count) < 0, errno == EINTR {}
    }
}

extension LogStyle {
    /// The style for this process's standard error: journald's where `JOURNAL_STREAM` names that very file.
    ///
    /// The variable is inherited further than the descriptor, so its device and inode are compared (`sd-daemon(3)`).
    static func ofStandardError(environment: [String: String]) -> LogStyle {
        guard let stream = environment["JOURNAL_STREAM"] else { return .dated }
        var file = stat()
        // Points to a value of this frame (fstat(2)).
        guard unsafe fstat(STDERR_FILENO, &file) == 0 else { return .dated }
        return stream == "\(file.st_dev):\(file.st_ino)" ? .journal : .dated
    }
}

extension Logger {
    /// The logger of this process, on standard error.
    static func onStandardError(
        level: Settings.LogLevel,
        format: SharedLogFormat,
        environment: [String: String]
    ) -> Logger {
        let style = LogStyle.ofStandardError(environment: environment)
        return Logger(label: "grantd") { _ in
            StandardErrorLogHandler(level: Logger.Level(level), format: format, style: style)
        }
    }
}

extension Logger.Level {
    /// swift-log's level of the same name.
    init(_ level: Settings.LogLevel) {
        self =
            switch level {
            case .trace: .trace
            case .debug: .debug
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            case .critical: .critical
            }
    }
}
