/// Reads the registry's version under every tag, once a new one was met under some.
///
/// A change of a client puts a new version under all tags, and a process that has just started has seen none. If requests
/// alone met them, most of the next thousand would have their client read again: and a client whose member does not answer
/// would hold up checks of tokens of other members.
final class VersionReading {
    private unowned let engine: Engine
    private unowned let versions: ClientVersions
    private var isRunning = false
    private var isWanted = false

    /// The shortest time from one reading to the next, as while clients are changed one after another.
    private static let pause: Duration = .seconds(1)

    init(from engine: Engine, into versions: ClientVersions) {
        self.engine = engine
        self.versions = versions
    }

    /// Has them read soon, beside the requests.
    func begin() {
        isWanted = true
        guard !isRunning else { return }
        isRunning = true
        engine.loop.start { [self] in
            while isWanted {
                isWanted = false
                // One that does not answer is left out: that it is met again begins another reading.
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
