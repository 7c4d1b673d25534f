import FileStore
import GrantCore
import Remedies
import Settings
import SystemPackage

extension Problem {
    /// What stands in the way of this command, and the remedy; none if the problem is not one of files, or nothing does.
    var advice: [String] {
        if case AdministrationError.exists(let id)? = self as? AdministrationError {
            return [Self.adviceOnExisting(id)]
        }
        guard concernsFiles else { return [] }
        return SiteAdvice.forCommand.lines(isFull: isFull)
    }

    private static func adviceOnExisting(_ id: ClientID) -> String {
        let word = ShellWord.argument(id.value)
        return
            "Choose another id, or change this client: grantctl client rotate \(word) makes a new secret, grantctl client set \(word) the rest."
    }

    /// Whether files that cannot be used may be the cause.
    private var concernsFiles: Bool {
        switch self {
        case is StateError, is StorageError, is MissingState, is SettingsError: true
        case let error as SigningKeyRefusal: error.exitCode == .inputOutput
        case let error as AdministrationError:
            switch error {
            case .failed, .notKept, .unaudited, .unusable: true
            case .exists, .notFound, .unnameable, .refused: false
            }
        default: false
        }
    }

    /// Whether the disk had no room.
    private var isFull: Bool {
        let problem: any Error = self
        return switch problem {
        case let error as StorageError: error.isFull
        case StateError.unusable(_, let failure): failure.storageError.isFull
        case SigningKeyRefusal.failed(let error), SigningKeyRefusal.unaudited(let error, _): error.isFull
        case AdministrationError.failed(let failure): failure.storageError.isFull
        case AdministrationError.notKept(let error), AdministrationError.unaudited(let error, _): error.isFull
        default: false
        }
    }
}

extension StorageError {
    fileprivate var isFull: Bool { if case .full = self { true } else { false } }
}

extension SiteAdvice {
    /// Advice for the command that this process runs, by the settings that it has.
    static var forCommand: SiteAdvice {
        let environment = ProcessEnvironment.current()
        let state = stateOption(in: CommandLine.arguments).map { ["GRANTD_STATE": $0] } ?? [:]
        return SiteAdvice(
            try? Settings.load(overrides: state, environment: environment),
            settingsFile: environment[Settings.fileSetting] ?? Settings.defaultFile.string,
            isService: false
        )
    }

    /// The value of `--state` on a command line; nil without it.
    static func stateOption(in words: [String]) -> String? {
        guard let index = words.firstIndex(where: { $0 == "--state" || $0.hasPrefix("--state=") }) else { return nil }
        let word = words[index]
        return word == "--state" ? words[(index + 1)...].first : String(word.dropFirst("--state=".count))
    }
}
