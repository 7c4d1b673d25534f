/// Tells a secret that a server made at random from one that a person may have chosen.
///
/// Only the former may be kept as a fast hash. A doubtful one counts as chosen, which costs a slow hash at each use.
enum RandomSecret {
    /// How many letters of 62 a secret of Keycloak's has: 190 random bits.
    private static let length = 32
    // Most random secrets are within these limits; one that is not costs a slow hash at each use, and nothing else.
    /// The least number of different characters.
    private static let leastLetters = 20
    /// The least number of changes between capital letters, small letters and digits.
    private static let leastChanges = 15
    /// The most characters that repeat or continue one of the two before them.
    private static let mostSteps = 14

    /// Whether a text has the form of a secret that Keycloak generates, and nothing of words, patterns or repetition. A
    /// version 4 UUID, which older releases made, has 122 random bits, fewer than the 128 that are asked for.
    static func isMadeByKeycloak(_ text: String) -> Bool {
        let letters = Array(text.utf8)
        guard letters.count == length else { return false }
        let kinds = letters.map(kind)
        guard !kinds.contains(nil), Set(letters).count >= leastLetters else { return false }
        let changes = zip(kinds, kinds.dropFirst()).count { $0 != $1 }
        let plain = letters.map { $0 | 0x20 }
        let steps = [1, 2].map { distance in
            zip(plain, plain.dropFirst(distance)).count { (0...1).contains(Int($1) - Int($0)) }
        }
        return changes >= leastChanges && steps.reduce(0, +) <= mostSteps
    }

    private static func kind(_ letter: UInt8) -> Int? {
        switch letter {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): 0
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): 1
        case UInt8(ascii: "0")...UInt8(ascii: "9"): 2
        default: nil
        }
    }
}
