/// Addresses and networks as nginx's `allow`, `geo` and `set_real_ip_from` name them.
enum AddressRange {
    /// Whether it is every address of IPv4 or of IPv6, or half of them.
    static func isEveryone(_ range: String) -> Bool {
        let parts = range.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let length = Int(parts[1]) else { return range == "all" }
        return (0...1).contains(length)
    }

    /// Whether it is a loopback or a private address.
    static func isLocal(_ address: String) -> Bool {
        if address == "localhost" || address == "[::1]" || address == "::1" { return true }
        let numbers = address.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        if numbers.count == 4, let first = numbers[0], let second = numbers[1] {
            return first == 127 || first == 10 || first == 192 && second == 168
                || first == 172 && (16...31).contains(second)
        }
        let start = address.drop { $0 == "[" }.lowercased()
        return start.hasPrefix("fc") || start.hasPrefix("fd") || start.hasPrefix("fe80")
    }
}
