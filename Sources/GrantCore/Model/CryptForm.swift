/// Which texts of `crypt(5)` a secret may be kept as: of a method with something against guessing, whole, and so cheap
/// that one guess takes about a second at the most, in which its worker computes no other.
enum CryptForm {
    /// bcrypt's highest cost, the binary logarithm of its rounds.
    static let highestBcryptCost = 13
    /// SHA-crypt's most rounds; their price grows with the secret's length as well.
    static let mostRounds = 200_000
    /// yescrypt's most memory, in bytes.
    static let mostMemory = 128 << 20

    /// Why a text is of no use as a hash, as the end of the sentence "it …"; nil for one that is. It says nothing of the
    /// hash itself.
    static func problem(of text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }), bytes.count <= 384 else {
            return "is not a hash: at most 384 visible ASCII characters"
        }
        let fields = bytes.split(separator: UInt8(ascii: "$"), omittingEmptySubsequences: false)
        guard fields.count > 2, fields[0].isEmpty else { return problem(ofOldForm: text) }
        switch String(decoding: fields[1], as: UTF8.self) {
        case "y", "gy": return yescrypt(fields[2...])
        case "2a", "2b", "2y": return bcrypt(fields[2...])
        case "5": return shaCrypt(fields[2...], hashLength: 43)
        case "6": return shaCrypt(fields[2...], hashLength: 86)
        case "apr1": return "is Apache's own MD5 (apr1), which crypt(3) does not know; \(taken)"
        case "1": return "is MD5 ($1$), which is guessed too fast; \(taken)"
        default: return "is of another method; \(taken)"
        }
    }

    private static let taken = "yescrypt, bcrypt, and SHA-256 or SHA-512 of crypt(5) are taken"

    private static func problem(ofOldForm text: String) -> String {
        if text.hasPrefix("{SHA}") { return "is plain SHA-1 ({SHA}), which is guessed too fast; \(taken)" }
        if text.utf8.count == 13, text.utf8.allSatisfy(isLetter) {
            return "is DES, which reads 8 bytes of a secret; \(taken)"
        }
        return "is not a hash of crypt(5); \(taken)"
    }

    /// `$y$j9T$salt$hash`: the flavour, and N and r as one letter each, as `crypt_gensalt(3)` makes all of them.
    private static func yescrypt(_ fields: ArraySlice<ArraySlice<UInt8>>) -> String? {
        let fields = fields.map { Array($0) }
        guard fields.count == 3, isWritten(fields[1], 0...86), isWholeSalt(fields[1]), isWritten(fields[2], 43...43)
        else { return torn }
        let parameters = fields[0]
        guard parameters.count == 3, parameters[0] == UInt8(ascii: "j"),
            let logarithm = small(parameters[1]), logarithm > 0, let blocks = small(parameters[2])
        else { return "has parameters that crypt_gensalt(3) does not make" }
        // N is 2 to the first and r the second, each counted from one; a block has 128 bytes.
        let isAffordable = logarithm + 1 <= 24 && 128 * (blocks + 1) << (logarithm + 1) <= mostMemory
        return isAffordable ? nil : "costs too much: yescrypt may take \(mostMemory >> 20) MiB"
    }

    /// `$2b$10$` and 53 letters.
    private static func bcrypt(_ fields: ArraySlice<ArraySlice<UInt8>>) -> String? {
        let fields = fields.map { Array($0) }
        guard fields.count == 2, fields[0].count == 2, let cost = number(fields[0]), isWritten(fields[1], 53...53)
        else {
            return torn
        }
        guard cost >= 4 else { return torn }
        guard cost <= highestBcryptCost else { return "costs too much: bcrypt's cost may be \(highestBcryptCost)" }
        // 22 letters have four bits more than the 16 bytes of salt.
        return Array(".Oeu".utf8).contains(fields[1][21]) ? nil : torn
    }

    /// `$6$salt$hash`, or with `rounds=N$` before the salt.
    private static func shaCrypt(_ fields: ArraySlice<ArraySlice<UInt8>>, hashLength: Int) -> String? {
        var fields = fields.map { Array($0) }
        let prefix = Array("rounds=".utf8)
        if fields.count == 3, fields[0].starts(with: prefix) {
            // crypt(3) writes fewer than 1000 rounds as 1000, and leading zeros never.
            guard let rounds = number(fields[0].dropFirst(prefix.count)), rounds >= 1000 else { return torn }
            guard rounds <= mostRounds else { return "costs too much: \(mostRounds) rounds are taken" }
            fields.removeFirst()
        }
        // crypt(3) computes nothing with a salt that could break a line of shadow(5).
        guard fields.count == 2, fields[0].count <= 16, !fields[0].starts(with: prefix),
            !fields[0].contains(where: Array("!*:;\\".utf8).contains),
            isWritten(fields[1], hashLength...hashLength)
        else {
            return torn
        }
        return nil
    }

    private static let torn = "is not whole"

    /// A number of up to nine digits.
    private static func number(_ digits: some Collection<UInt8>) -> Int? {
        guard (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// Whether letters of six bits each make whole bytes, with nothing in the bits that are left over.
    private static func isWholeSalt(_ letters: [UInt8]) -> Bool {
        let rest = letters.count % 4
        guard rest > 0, let last = letters.last else { return true }
        return rest > 1 && small(last).map { $0 < 1 << (2 * rest - 2) } ?? false
    }

    /// What one letter counts in yescrypt's own numbers, 0 to 47; a higher one begins a longer number.
    private static func small(_ letter: UInt8) -> Int? {
        let letters = Array("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij".utf8)
        return letters.firstIndex(of: letter)
    }

    private static func isWritten(_ letters: [UInt8], _ lengths: ClosedRange<Int>) -> Bool {
        lengths.contains(letters.count) && letters.allSatisfy(isLetter)
    }

    /// The letters that every method writes hashes and most write salts with.
    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
