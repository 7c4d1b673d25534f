package import Encoding

extension PublicKey {
    /// Reads a JWK (RFC 7517 §4). Members that are not known are ignored, among them the certificates of `x5c`.
    ///
    /// - Throws: why it is not a public key that signatures can be verified by.
    package init(jwk document: JSONDocument) throws(JWKFault) {
        guard case .object(let members) = document else { throw .notAnObject }
        let jwk = JWKReader(members: members)
        // First of all, since its owner has to know it whatever else is wrong.
        try jwk.refuseSecrets()
        guard let keyType = KeyType(rawValue: try jwk.requiredString(.kty)) else { throw .unknownKeyType }
        try jwk.checkUse()
        let algorithm = try jwk.algorithm()
        let parameters = try jwk.parameters(of: keyType)
        self = try PublicKey(parameters, keyID: try jwk.string(.kid), algorithm: algorithm)
    }
}

/// The members of a JWK.
private struct JWKReader {
    let members: [String: JSONDocument]

    func refuseSecrets() throws(JWKFault) {
        if case .string("oct")? = members[JWKMember.kty.rawValue] { throw .sharedSecret }
        guard !JWKMember.secret.contains(where: { members[$0] != nil }) else { throw .privateKey }
    }

    func string(_ member: JWKMember) throws(JWKFault) -> String? {
        guard let value = members[member.rawValue] else { return nil }
        guard case .string(let text) = value else { throw .wrongType(member) }
        return text
    }

    func requiredString(_ member: JWKMember) throws(JWKFault) -> String {
        guard let text = try string(member) else { throw .missing(member) }
        return text
    }

    /// RFC 7517 §4.2 and §4.3.
    func checkUse() throws(JWKFault) {
        if let use = try string(.use) {
            guard use == "sig" else { throw .notForSignatures }
        }
        guard let value = members[JWKMember.keyOps.rawValue] else { return }
        guard case .array(let values) = value else { throw .wrongType(.keyOps) }
        var operations: Set<String> = []
        for value in values {
            guard case .string(let operation) = value else { throw .wrongType(.keyOps) }
            guard operations.insert(operation).inserted else { throw .repeatedOperation }
        }
        guard operations.contains("verify") else { throw .notForVerification }
    }

    func algorithm() throws(JWKFault) -> Algorithm? {
        guard let name = try string(.alg) else { return nil }
        guard let algorithm = Algorithm(rawValue: name) else { throw .algorithmNotOffered }
        return algorithm
    }

    func parameters(of keyType: KeyType) throws(JWKFault) -> KeyParameters {
        switch keyType {
        case .ec:
            guard let curve = Curve(rawValue: try requiredString(.crv)) else { throw .unknownCurve }
            return .ec(curve, x: try bytes(.x), y: try bytes(.y))
        case .rsa:
            return .rsa(n: try bytes(.n), e: try bytes(.e))
        case .okp:
            guard try requiredString(.crv) == KeyParameters.ed25519Curve else { throw .unknownCurve }
            return .ed25519(x: try bytes(.x))
        }
    }

    private func bytes(_ member: JWKMember) throws(JWKFault) -> [UInt8] {
        guard let bytes = base64URLBytes(try requiredString(member)) else { throw .notBase64URL(member) }
        guard !bytes.isEmpty else { throw .wrongLength(member) }
        return bytes
    }
}
