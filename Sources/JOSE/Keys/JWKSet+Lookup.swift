extension JWKSet {
    /// Why no key of a set is the one that a token names.
    package enum LookupFault: Error, Equatable {
        /// No key has this `kid`, and no other is tried.
        case unknownKeyID
        /// A key has this `kid`, and is not for this `alg`.
        case otherAlgorithm
        /// There is no `kid`, and no key is for this `alg`.
        case noKeyFits
        /// Several keys fit: by the token's `kid`, or by its `alg` if the token has no `kid`.
        case severalKeysFit
    }

    /// The one key that a token's `kid` and `alg` name.
    ///
    /// Without a `kid`, it is the one key of the set that `alg` fits.
    package func key(id: String?, algorithm: Algorithm) throws(LookupFault) -> PublicKey {
        let named = id.map { id in keys.filter { $0.keyID?.hasSameBytes(as: id) == true } }
        guard named?.isEmpty != true else { throw .unknownKeyID }
        let fitting = (named ?? keys).filter {
            algorithm.fits($0.parameters) && ($0.algorithm ?? algorithm) == algorithm
        }
        guard fitting.count <= 1 else { throw .severalKeysFit }
        guard let key = fitting.first else { throw id == nil ? .noKeyFits : .otherAlgorithm }
        return key
    }
}

extension JWKSet.LookupFault: CustomStringConvertible {
    /// What is wrong, in a sentence.
    package var description: String {
        switch self {
        case .unknownKeyID: "no usable key has this kid"
        case .otherAlgorithm: "the key of this kid is not for this alg"
        case .noKeyFits: "the token has no kid, and no usable key has its alg"
        case .severalKeysFit: "more than one key is for this kid and alg"
        }
    }
}
