/// A word of scope in SMART's language: `system/Patient.rs?birthdate=1990`, or as its first version had it,
/// `system/Patient.read`.
///
/// SMART App Launch 2.2, *Scopes for Requesting FHIR Resources*, which is where the rules here come from:
///
/// - A word is a context, a resource type or `*` for every type, and of the letters `cruds` some, in this order.
/// - `read` of the first version is `rs`, `write` is `cud`, and `*` is `cruds`.
/// - Parameters after `?`, separated by `&`, constrain the resources. All of them have to hold, so another one only narrows.
///   They are compared as text: two that differ are not known to have anything in common, even if a FHIR server would find
///   the same by them.
/// - Several words are a union: `Patient.r Patient.s` is `Patient.rs`.
///
/// A text that is not such a word, because its letters stand in another order, say, means nothing here.
struct SMARTScope {
    /// `patient`, `user` or `system`. No context is part of another.
    let context: String
    /// The resource type; ``everyType`` for all of them.
    let type: String
    /// What may be done with such resources, at least one.
    let interactions: Interactions
    /// What constrains them; all of them if there is nothing.
    let constraints: Set<String>
    /// The text of the constraints from the question mark on; empty if there are none.
    private let query: String
    /// Whether it is written in the words of the first version.
    private let isVersion1: Bool

    /// What stands for every resource type.
    static let everyType = "*"

    /// The interactions of FHIR that scopes tell apart.
    struct Interactions: OptionSet, Hashable {
        let rawValue: UInt8

        static let create = Interactions(rawValue: 1)
        static let read = Interactions(rawValue: 2)
        static let update = Interactions(rawValue: 4)
        static let delete = Interactions(rawValue: 8)
        static let search = Interactions(rawValue: 16)

        /// Each with its letter, in the order in which they have to stand.
        fileprivate static let letters: [(letter: UInt8, meaning: Interactions)] = [
            (UInt8(ascii: "c"), .create), (UInt8(ascii: "r"), .read), (UInt8(ascii: "u"), .update),
            (UInt8(ascii: "d"), .delete), (UInt8(ascii: "s"), .search),
        ]

        /// What the first version has words for.
        fileprivate static let version1: [(word: String, meaning: Interactions)] = [
            ("read", [.read, .search]), ("write", [.create, .update, .delete]),
            ("*", [.create, .read, .update, .delete, .search]),
        ]
    }

    private init(
        _ context: String,
        _ type: String,
        _ interactions: Interactions,
        _ constraints: Set<String>,
        query: String,
        isVersion1: Bool
    ) {
        self.context = context
        self.type = type
        self.interactions = interactions
        self.constraints = constraints
        self.query = query
        self.isVersion1 = isVersion1
    }

    /// Reads a word of scope; nil if it is none of SMART's.
    init?(_ word: String) {
        let text = word.utf8
        let context = text.prefix { $0 != UInt8(ascii: "/") }
        let rest = text[context.endIndex...].dropFirst()
        let type = rest.prefix { $0 != UInt8(ascii: ".") }
        let suffix = rest[type.endIndex...].dropFirst().prefix { $0 != UInt8(ascii: "?") }
        let query = text[suffix.endIndex...]
        guard let context = Self.contexts.first(where: { $0.utf8.elementsEqual(context) }),
            type.elementsEqual(Self.everyType.utf8) || !type.isEmpty && type.allSatisfy(Self.isLetter),
            let (interactions, isVersion1) = Self.interactions(suffix), let constraints = Self.constraints(query)
        else { return nil }
        self.init(
            context,
            String(Substring(type)),
            interactions,
            constraints,
            query: String(Substring(query)),
            isVersion1: isVersion1
        )
    }

    private static let contexts = ["system", "patient", "user"]

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func interactions(_ text: Substring.UTF8View) -> (Interactions, isVersion1: Bool)? {
        if let known = Interactions.version1.first(where: { $0.word.utf8.elementsEqual(text) }) {
            return (known.meaning, true)
        }
        var (found, rest) = (Interactions(), text)
        for (letter, meaning) in Interactions.letters where rest.first == letter {
            found.insert(meaning)
            rest.removeFirst()
        }
        return found.isEmpty || !rest.isEmpty ? nil : (found, false)
    }

    /// Reads `?name=value&name=value`, or nothing.
    private static func constraints(_ query: Substring.UTF8View) -> Set<String>? {
        if query.isEmpty { return [] }
        var constraints: Set<String> = []
        for field in query.dropFirst().split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false) {
            guard let sign = field.firstIndex(of: UInt8(ascii: "=")), sign > field.startIndex else { return nil }
            constraints.insert(String(Substring(field)))
        }
        return constraints
    }

    /// What this and another both allow, in the words of this one; nil if that is nothing, or no word of scope says it.
    func intersection(_ other: SMARTScope) -> SMARTScope? {
        guard context == other.context, type == other.type || type == Self.everyType || other.type == Self.everyType
        else { return nil }
        let common = interactions.intersection(other.interactions)
        guard !common.isEmpty else { return nil }
        // More constraints select less, whichever of both has them.
        let narrower: SMARTScope
        if constraints.isSuperset(of: other.constraints) {
            narrower = self
        } else if other.constraints.isSuperset(of: constraints) {
            narrower = other
        } else {
            return nil
        }
        return SMARTScope(
            context,
            type == Self.everyType ? other.type : type,
            common,
            narrower.constraints,
            query: narrower.query,
            isVersion1: isVersion1
        )
    }

    /// Whether both allow the same, whatever the words.
    func hasSameMeaning(as other: SMARTScope) -> Bool {
        context == other.context && type == other.type && interactions == other.interactions
            && constraints == other.constraints
    }

    /// What this and another allow together, which differ in their interactions alone.
    func union(_ other: SMARTScope) -> SMARTScope {
        SMARTScope(
            context,
            type,
            interactions.union(other.interactions),
            constraints,
            query: query,
            isVersion1: isVersion1
        )
    }

    /// The word. Interactions that the first version has no word for have that of the second.
    var text: String {
        let word = isVersion1 ? Interactions.version1.first { $0.meaning == interactions }?.word : nil
        let letters = Interactions.letters.filter { interactions.contains($0.meaning) }.map(\.letter)
        return "\(context)/\(type).\(word ?? String(decoding: letters, as: UTF8.self))\(query)"
    }
}
