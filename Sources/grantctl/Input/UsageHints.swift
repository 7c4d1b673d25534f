import ArgumentParser
import Remedies
import Settings

/// What may be meant by a command line that was refused, and how to write it.
struct UsageHints {
    /// The program's name.
    let program: String
    /// The command line after it.
    let words: [String]
    /// The root of the commands.
    let root: any ParsableCommand.Type
    /// What the parser says.
    let refusal: String

    /// The hints, a sentence each; none if there is nothing to add.
    var lines: [String] {
        let typed = words.compactMap(TypographicSigns.hint)
        if !typed.isEmpty { return typed }
        return [commandHint, secretHint, quotingHint, idHint].compactMap(\.self)
    }

    /// The command that the first words name, with its path, and the words after them.
    private var named: (command: any ParsableCommand.Type, path: [String], rest: ArraySlice<String>) {
        var (command, path, rest) = (root, [program], words[...])
        while let word = rest.first, let next = command.subcommand(word) {
            command = next
            path.append(word)
            rest.removeFirst()
        }
        return (command, path, rest)
    }

    /// The commands that a word which is not a command may be a misspelling of.
    private var commandHint: String? {
        let (command, path, rest) = named
        guard !command.configuration.subcommands.isEmpty, let word = rest.first, !word.hasPrefix("-") else {
            return nil
        }
        let near = command.configuration.subcommands.flatMap { $0.names } + (path.count == 1 ? ["help"] : [])
        if let name = near.first(where: { word.count > 1 && $0.hasPrefix(word) })
            ?? Spelling.nearest(to: word, in: near)
        {
            return Self.question([(path + [name]).joined(separator: " ")])
        }
        let elsewhere = root.commands(below: [program]).filter { $0.last.map { Spelling.isNear(word, $0) } ?? false }
        return elsewhere.isEmpty ? nil : Self.question(elsewhere.prefix(3).map { $0.joined(separator: " ") })
    }

    /// A secret is given as an argument.
    private var secretHint: String? {
        let isGiven = words.contains {
            ["--secret", "--client-secret", "--password"].contains($0.prefix { $0 != "=" })
        }
        guard isGiven else { return nil }
        return "A secret is not an argument, since other users see those: --secret-stdin reads it from standard input."
    }

    /// A value of several words without quotes.
    private var quotingHint: String? {
        let (command, _, rest) = named
        guard refusal.contains("nexpected argument") else { return nil }
        let help = root.helpMessage(for: command)
        for (index, word) in zip(rest.indices, rest) where word.hasPrefix("--") {
            let value = rest[(index + 1)...].prefix { !$0.hasPrefix("-") }
            guard value.count > 1, help.contains("\(word) <") else { continue }
            return "Put quotes around a value with blanks: \(word) \(ShellWord.quoted(value.joined(separator: " ")))"
        }
        return nil
    }

    /// No id is given, or no secret's or key's name.
    private var idHint: String? {
        let (_, path, rest) = named
        if refusal.contains("Missing expected argument '<secret>'") {
            let id = rest.first.flatMap { $0.hasPrefix("-") ? nil : $0 } ?? "ID"
            return "\(program) client show \(ShellWord.quoted(id)) shows the secrets' names."
        }
        if refusal.contains("Missing expected argument '<kid>'") { return "\(program) key list shows the keys." }
        guard refusal.contains("Missing expected argument '<id>'") else { return nil }
        if path.last == "add" || path.last == "create" {
            return "Give an id for the new client: \((path + ["web-app"]).joined(separator: " "))"
        }
        return "\(program) client list shows the ids."
    }

    private static func question(_ commands: [String]) -> String {
        "Did you mean \(commands.map { "'\($0)'" }.joined(separator: " or "))?"
    }
}

extension ParsableCommand {
    /// What it is called.
    fileprivate static var names: [String] { [configuration.commandName ?? _commandName] + configuration.aliases }

    /// The command of a name directly below this one.
    fileprivate static func subcommand(_ name: String) -> (any ParsableCommand.Type)? {
        configuration.subcommands.first { $0.names.contains(name) }
    }

    /// The paths of all commands below this one.
    fileprivate static func commands(below path: [String]) -> [[String]] {
        configuration.subcommands.flatMap { command in
            let own = path + [command.names[0]]
            return [own] + command.commands(below: own)
        }
    }
}
