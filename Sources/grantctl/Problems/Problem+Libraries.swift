import ArgumentParser
import FileStore
import GrantCore
import JOSE
import Linux
import RedisStore
import Settings

extension SettingsError: Problem {
    var exitCode: ExitCode { .usage }
}

extension StateError: Problem {
    var exitCode: ExitCode { .inputOutput }
}

extension StorageError: Problem {
    var exitCode: ExitCode { .inputOutput }
}

extension EngineFailure: Problem {
    var exitCode: ExitCode { .inputOutput }
}

extension SystemCallFailure: Problem {
    var exitCode: ExitCode { .inputOutput }
}

extension AdministrationError: Problem {
    var exitCode: ExitCode {
        switch self {
        case .exists, .notFound, .refused, .unnameable, .unusable: .refused
        case .failed, .notKept, .unaudited: .inputOutput
        }
    }
}

extension SigningKeyRefusal: Problem {
    var exitCode: ExitCode {
        switch self {
        case .unknown, .ambiguous, .stopsSigning, .inUse, .tooMany: .refused
        case .unaudited, .failed: .inputOutput
        }
    }
}

extension PrivateKey.Fault: Problem {
    var exitCode: ExitCode { .inputOutput }
}
