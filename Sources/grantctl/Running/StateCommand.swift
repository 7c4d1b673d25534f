import ArgumentParser
import FileStore
import GrantCore
import RedisStore
import SystemPackage

/// A command on a site's clients and tokens: it does its work and reports, and what it reports is printed here.
protocol StateCommand: ParsableCommand {
    /// The options that every command takes.
    var common: CommonOptions { get }
    /// Whether it makes what is missing of a state directory. Others make nothing and say what is missing, since a path may
    /// be misspelt.
    static var makesStateDirectory: Bool { get }
    /// The same for this run of the command.
    var makesState: Bool { get }
    /// Does the work. The time is asked for once what a person has to type is there.
    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report
}

extension StateCommand {
    static var makesStateDirectory: Bool { false }
    var makesState: Bool { Self.makesStateDirectory }

    func run() throws {
        try tellingProblems {
            let site = try Site(common.settings(), making: makesState)
            let report = try site.run {
                do {
                    return try await perform(in: site, at: { KernelFileSystem().now })
                } catch AdministrationError.notFound(let id) {
                    throw await UnknownClient(id, in: site.clients)
                }
            }
            try report.print(asJSON: common.json)
            throw report.exitCode
        }
    }
}

/// A command that needs an engine.
protocol EngineCommand: StateCommand {
    /// Does the work.
    func perform(in site: Site, _ store: RedisStore, at now: () -> Timestamp) async throws -> Report
}

extension EngineCommand {
    func perform(in site: Site, at now: () -> Timestamp) async throws -> Report {
        guard let store = site.engine else { throw NoEngine() }
        return try await perform(in: site, store, at: now)
    }
}

/// The settings name no engine.
struct NoEngine: Error, CustomStringConvertible {
    var description: String { "GRANTD_STORE names no engine: it keeps all in files" }
}

extension StateDirectory {
    /// Whether there is something of this path; if that cannot be told, opening it will say why.
    static func exists(at path: String) -> Bool {
        do throws(FileStoreError) {
            _ = try Directory(path: path, fileSystem: KernelFileSystem())
            return true
        } catch {
            return error.errno != .noSuchFileOrDirectory
        }
    }
}

extension NoEngine: Problem {
    var exitCode: ExitCode { .usage }
}
