import Encoding
import GrantCore

/// The name of a client's file: the id percent-encoded, and `.json`.
enum ClientFileName {
    private static let suffix = ".json"
    private static let longest = 255

    /// The name of a client's file; nil if it would be longer than file names may be.
    static func name(for id: ClientID) -> String? {
        var name = ""
        for byte in id.value.utf8 {
            if isSafe(byte) {
                name.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                name += "%" + Hex.encode([byte]).uppercased()
            }
        }
        // A leading dot would hide the file, and could name a directory.
        if name.hasPrefix(".") { name = "%2E" + name.dropFirst() }
        name += suffix
        return name.utf8.count <= longest ? name : nil
    }

    /// The client whose file has this name; nil if no client's file is called so.
    static func id(of name: String) -> ClientID? {
        guard name.hasSuffix(suffix) else { return nil }
        var bytes: [UInt8] = []
        var rest = name.utf8.dropLast(suffix.utf8.count)
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let decoded = Hex.decode(rest.prefix(2)), decoded.count == 1 else { return nil }
                bytes += decoded
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        guard let id = String(validating: bytes, as: UTF8.self).flatMap(ClientID.init), Self.name(for: id) == name
        else {
            return nil
        }
        return id
    }

    private static func isSafe(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
