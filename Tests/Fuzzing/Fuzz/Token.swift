import Crypto
import Encoding

@testable import FileStore
@testable import GrantCore

private let codec = TokenCodec(key: SymmetricKey(data: [UInt8](0..<32)))

/// The input as a token's text, as base64, and as what a token is made of.
func token(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    for form in [Base64.url, .standard] {
        expect(form.decode(form.encode(input).utf8.span) == input, "what is written is read")
        if let bytes = form.decode(input.span) { expect(form.encode(bytes).utf8.elementsEqual(input), "one text only") }
    }
    if let token = AccessToken(text) { presented(token) }
    made(of: input)
}

/// A token that is taken is the one text that its position and its random bytes make.
private func presented(_ token: AccessToken) {
    guard let (position, bytes) = codec.position(of: token) else { return }
    let random = Array(bytes.prefix(TokenCodec.randomCount))
    expect(codec.token(of: random, at: position) == bytes, "it is the token of its position")
    expect(Base64.url.encode(bytes) == token.exposedValue, "one text for each token")
}

/// 32 random bytes, a window, a slot, and a bit to turn over.
private func made(of input: [UInt8]) {
    guard input.count >= 43 else { return }
    let index = input[...].littleEndian(at: 33, as: UInt32.self)
    guard let window = Window(spanExponent: 6 + input[32] % 18, index: index) else {
        return expect(false, "each span from 2 to the power of 6 to that of 23 is a window's")
    }
    for name in [window.slotsName, window.grantsName] {
        expect(Window(fileName: name) == window, "a window is known by its files' names")
    }
    let position = SlotPosition(window: window, slot: input[...].littleEndian(at: 37, as: UInt32.self))
    var bytes = codec.token(of: Array(input.prefix(32)), at: position)
    expect(decoded(bytes) == position, "a token carries its position")

    let bit = (Int(input[41]) << 8 | Int(input[42])) % (bytes.count * 8)
    bytes[bit / 8] ^= 1 << (bit % 8)
    let isMasked = (32..<41).contains(bit / 8)
    expect(isMasked ? decoded(bytes) != position : decoded(bytes) == nil, "with any bit turned it is another, or none")
}

private func decoded(_ bytes: [UInt8]) -> SlotPosition? {
    guard let token = AccessToken(Base64.url.encode(bytes)) else { fatalError("48 bytes are 64 such characters") }
    return codec.position(of: token)?.position
}

extension TokenCodec {
    /// The token that random bytes become at a position.
    func token(of random: [UInt8], at position: SlotPosition) -> [UInt8] {
        var bytes = random
        complete(&bytes, with: code(of: random), at: position)
        return bytes
    }
}
