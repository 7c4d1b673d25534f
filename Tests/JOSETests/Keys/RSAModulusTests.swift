import Testing

@testable import JOSE

/// CVE-2017-15361.
struct RSAModulusTests {
    @Test func `the form of ROCA is seen, and no other taken for it`() throws {
        #expect(RSAModulus.hasROCAFingerprint(decoded(Fixture.rocaModulus)))
        guard case .rsa(let n, _) = try TestKeys.key(.rs256).publicKey.parameters else { return }
        #expect(!RSAModulus.hasROCAFingerprint(n))
        // A number near one of that form is not of it.
        var other = decoded(Fixture.rocaModulus)
        for bit in 1..<64 {
            other[255 - bit / 8] ^= 1 << (bit % 8)
            #expect(!RSAModulus.hasROCAFingerprint(other))
            other[255 - bit / 8] ^= 1 << (bit % 8)
        }
    }

    @Test func `powers of 65537 are of the form`() {
        #expect(RSAModulus.hasROCAFingerprint([1]))
        #expect(RSAModulus.hasROCAFingerprint([1, 0, 1]))
        #expect(RSAModulus.hasROCAFingerprint([1, 0, 2, 0, 1]))
        #expect(!RSAModulus.hasROCAFingerprint([1, 0, 3]))
    }
}
