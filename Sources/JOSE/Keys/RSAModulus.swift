/// What a modulus and an exponent of RSA must be, which BoringSSL does not ask for.
enum RSAModulus {
    /// How long a modulus may be, in bits: RFC 7518 §3.3 asks for 2048, and longer ones cost more than they give.
    static let lengths = 2048...4096

    /// Fails if a key of these numbers is weak, or so large that it is a burden.
    static func check(n: [UInt8], e: [UInt8]) throws(JWKFault) {
        guard n.first != 0 else { throw .leadingZero(.n) }
        guard e.first != 0 else { throw .leadingZero(.e) }
        guard let highest = n.first, let lowest = n.last else { throw .wrongLength(.n) }
        let bits = n.count * 8 - highest.leadingZeroBitCount
        guard bits >= lengths.lowerBound else { throw .shortModulus }
        guard bits <= lengths.upperBound else { throw .longModulus }
        guard !lowest.isMultiple(of: 2) else { throw .evenModulus }
        guard e.count <= 4 else { throw .largeExponent }
        let exponent = e.reduce(into: UInt32(0)) { $0 = $0 << 8 | UInt32($1) }
        // Small exponents have made many a fault of padding into a forgery.
        guard exponent >= 65537 else { throw .smallExponent }
        guard !exponent.isMultiple(of: 2) else { throw .evenExponent }
        guard !hasROCAFingerprint(n) else { throw .factorableModulus }
    }

    /// Whether a modulus is of the form that made keys of Infineon's library factorable (CVE-2017-15361): modulo each small
    /// prime it is a power of 65537.
    ///
    /// The primes are the 39 lowest, by which the authors of the attack know such keys of every length. Few other moduli
    /// pass the first of them, so that most cost some hundred divisions.
    static func hasROCAFingerprint(_ modulus: [UInt8]) -> Bool {
        residues.allSatisfy { prime, isPower in
            isPower[Int(modulus.reduce(into: UInt32(0)) { $0 = ($0 << 8 | UInt32($1)) % prime })]
        }
    }

    /// For each of the primes, which residues are a power of 65537. Those that leave out the fewest come last.
    private static let residues: [(prime: UInt32, isPower: [Bool])] = primes.map { prime in
        var isPower = [Bool](repeating: false, count: Int(prime))
        var power: UInt32 = 1
        repeat {
            isPower[Int(power)] = true
            power = power * (65537 % prime) % prime
        } while !isPower[Int(power)]
        return (prime, isPower)
    }
    .sorted { share(of: $0.isPower) < share(of: $1.isPower) }

    /// The share of residues that are a power.
    private static func share(of isPower: [Bool]) -> Double {
        Double(isPower.count { $0 }) / Double(isPower.count)
    }

    private static let primes: [UInt32] = [
        2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107,
        109,
        113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    ]
}
