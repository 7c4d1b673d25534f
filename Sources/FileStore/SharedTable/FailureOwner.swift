import GrantCore

/// Whose failures a slot counts, so that an administrator finds all of a client: 16 bytes, which are
///
///     0   the client: 7 bytes of a keyed hash of its id
///     7   how many bytes of the origin follow; 255 if they are more than 8
///     8   the origin, and zeros
struct FailureOwner: Equatable {
    /// Bytes in a file.
    static let size = 16
    private static let clientSize = 7
    private static let longestOrigin = 8
    private static let tooLong: UInt8 = 255

    /// As it is written.
    let bytes: [UInt8]

    /// The owner of a slot that is never searched for by its owner.
    static let none = FailureOwner(bytes: [UInt8](repeating: 0, count: size))

    /// Takes what stands in a file.
    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The owner for a client and an origin.
    ///
    /// - Parameter hash: a keyed hash of the client's id, of 7 bytes or more.
    init(hash: some Collection<UInt8>, origin: Origin) {
        let place = origin.bytes.count <= Self.longestOrigin ? origin.bytes : []
        let length = place.count == origin.bytes.count ? UInt8(place.count) : Self.tooLong
        let zeros = [UInt8](repeating: 0, count: Self.longestOrigin - place.count)
        bytes = hash.prefix(Self.clientSize) + [length] + place + zeros
    }

    /// Whether both are of the same client.
    func isSameClient(as other: FailureOwner) -> Bool {
        bytes.prefix(Self.clientSize) == other.bytes.prefix(Self.clientSize)
    }

    /// The origin; the unknown one if it was too long to be kept.
    var origin: Origin {
        let length = Int(bytes[Self.clientSize])
        guard length <= Self.longestOrigin else { return .unknown }
        return Origin(bytes: Array(bytes[(Self.clientSize + 1)...].prefix(length)))
    }
}
