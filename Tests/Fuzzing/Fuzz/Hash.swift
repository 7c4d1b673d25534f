import CCrypt

@testable import FileStore
@testable import GrantCore

/// The input as what a secret is kept as, such as stands after the colon in a line of htpasswd(5).
func hash(_ input: [UInt8]) {
    guard let text = String(validating: input, as: UTF8.self) else { return }
    let hash: SecretHash
    do {
        hash = try SecretHash(text)
    } catch {
        // A short text may be a word of the sentence.
        expect(text.utf8.count < 24 || !error.reason.contains(text), "a refusal tells nothing of the hash")
        return
    }
    expect(hash.written.lowercased() == text.lowercased(), "what is taken is written as it was")
    expect(text.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "what is taken is visible")
    expect(!"\(hash)".contains(text), "it does not print itself")
    guard case .crypt = hash, isCheap(text) else { return }

    // What is taken must be of use: crypt(3) makes hashes of its form, which are taken as well, and met.
    guard let secret = ClientSecret("x"), let made = crypted("x", text) else {
        return expect(false, "what is taken is a setting of crypt(3)")
    }
    let hashLength = text.hasPrefix("$2") ? 31 : text.utf8.reversed().prefix { $0 != UInt8(ascii: "$") }.count
    expect(made.utf8.count == text.utf8.count, "what is taken is as long as what crypt(3) makes")
    expect(made.utf8.dropLast(hashLength).elementsEqual(text.utf8.dropLast(hashLength)), "a secret can meet it")
    expect((try? SecretHash(made)) != nil, "what crypt(3) makes is taken")
    expect(Yescrypt().matches(secret, made) == true, "a secret meets its own hash")
}

/// Whether one `crypt(3)` takes about a millisecond.
private func isCheap(_ text: String) -> Bool {
    let fields = text.split(separator: "$")
    switch fields.first {
    case "2a", "2b", "2y": return fields[1] == "04"
    case "5", "6": return fields.contains("rounds=1000")
    // N is 2 to the power of 1 to 8, r at most 8.
    case "y", "gy": return fields[1].utf8.dropFirst().prefix(2).allSatisfy { ($0 as UInt8) < UInt8(ascii: "6") }
    default: return false
    }
}

/// `crypt(3)`; nil if it fails.
private func crypted(_ secret: String, _ setting: String) -> String? {
    // Sound: the result is the library's own, and copied before the next call.
    guard let text = unsafe crypt(secret, setting) else { return nil }
    let result = unsafe String(cString: text)
    return result.hasPrefix("*") ? nil : result
}
