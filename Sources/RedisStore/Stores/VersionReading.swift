/// Reads the registry's versions under all tags beside the requests, once a request has met a new one.
///
/// A change of a client puts a new version under each of the 1,024 tags, and a process that has just started knows none of
/// them. Each version that is new to a request makes the process read its client again. If a client's member does not
/// answer, a check that met a new version would wait for it, although its token is on another member.
final class VersionReading {
    private unowned let engine: Engine
    private unowned let versions: ClientVersions
    private var isRunning = false
    private var isWanted = false

    /// The shortest time between two readings, which matters while clients are changed one after another.
    private static let pause: Duration = .seconds(1)

    /// A reading that has not begun.
    init(from engine: Engine, into versions: ClientVersions) {
        self.engine = engine
        self.versions = versions
    }

    /// Has the versions read soon: at once, or when the pause after the last reading is over.
    func begin() {
        isWanted = true
        guard !isRunning else { return }
        isRunning = true
        engine.loop.start { [self] in
            while isWanted {
                isWanted = false
                // A member that does not answer is left out: the next request that it answers begins another reading.
                for member in (try? await engine.primaries()) ?? [] {
                    engine.loop.start { await self.read(from: member) }
                }
                await engine.loop.sleep(for: Self.pause)
            }
            isRunning = false
        }
    }

    private func read(from member: Member) async {
        let tags = Tag.all.filter { engine.knownOwner(of: $0.slot) === member }
        var questions = RedisCommands()
        for tag in tags { questions.append([[UInt8]("GET"), tag.key("g")]) }
        guard let replies = try? await member.ask(questions) else { return }
        versions.note(zip(tags, replies))
    }
}
