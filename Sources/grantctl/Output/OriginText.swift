import GrantCore

extension Origin {
    /// The address or the network, for people; "no address" where the site does not say one.
    var text: String {
        let bytes = bytes
        switch bytes.count {
        case 4: return bytes.map { "\($0)" }.joined(separator: ".")
        case 8:
            let groups = stride(from: 0, to: 8, by: 2).map {
                String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
            }
            // RFC 5952 leaves out the zeros at the end.
            return groups.reversed().drop { $0 == "0" }.reversed().joined(separator: ":") + "::/64"
        default: return "no address"
        }
    }
}
