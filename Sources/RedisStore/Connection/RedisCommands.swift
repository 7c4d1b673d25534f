/// Commands in the form in which they are sent: arrays of bulk strings.
struct RedisCommands {
    private(set) var bytes: [UInt8] = []
    /// Where each command ends.
    private var ends: [Int] = []

    /// How many there are, and so how many replies.
    var count: Int { ends.count }

    /// No commands yet.
    init() {}

    /// One command of words.
    init(_ words: String...) {
        append(words.map { Array($0.utf8) })
    }

    /// Appends a command.
    mutating func append(_ arguments: [[UInt8]]) {
        if bytes.isEmpty { bytes.reserveCapacity(256) }
        appendNumber(UInt8(ascii: "*"), arguments.count)
        for argument in arguments { append(argument: argument) }
        ends.append(bytes.count)
    }

    /// Appends a command of words alone.
    mutating func append(_ words: String...) {
        append(words.map { Array($0.utf8) })
    }

    /// Appends other commands.
    mutating func append(_ others: RedisCommands) {
        ends += others.ends.map { $0 + bytes.count }
        bytes += others.bytes
    }

    /// The commands at these positions, each after `ASKING`, for a slot that is on its way to another member: the reply to
    /// `ASKING` comes before each of theirs.
    func asking(at positions: [Int]) -> RedisCommands {
        var commands = RedisCommands()
        for position in positions {
            commands.append("ASKING")
            commands.bytes += bytes[(position == 0 ? 0 : ends[position - 1])..<ends[position]]
            commands.ends.append(commands.bytes.count)
        }
        return commands
    }

    private mutating func append(argument: [UInt8]) {
        appendNumber(UInt8(ascii: "$"), argument.count)
        bytes += argument
        bytes.append(13)
        bytes.append(10)
    }

    private mutating func appendNumber(_ kind: UInt8, _ number: Int) {
        bytes.append(kind)
        if number < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(number))
        } else {
            bytes += String(number).utf8
        }
        bytes.append(13)
        bytes.append(10)
    }
}

extension [UInt8] {
    /// The bytes of a text, as an argument of a command.
    init(_ text: String) {
        self = Array(text.utf8)
    }
}
