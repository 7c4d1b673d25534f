package import GrantCore

extension FileTokenStore: TokenDiagnosis {
    package func absence(of token: AccessToken, at now: Timestamp) throws(StorageError) -> TokenAbsence? {
        try StorageError.attempt { () throws(FileStoreError) in
            guard let (position, _) = codec.position(of: token) else { return .foreign }
            guard let (file, slot, _) = try locate(token, at: now) else {
                // A passed window's files are unlinked, and with them all that is known of its tokens.
                let end = position.window.end
                return end <= now ? .expired(at: end, nil) : .missing
            }
            let record = try file.grants?.grant(for: slot.grant).map {
                TokenRecord(grant: $0, issuedAt: slot.issuedAt, expiresAt: slot.expiresAt)
            }
            if !slot.isLive { return .revoked(record) }
            if slot.expiresAt <= now { return .expired(at: slot.expiresAt, record) }
            return record == nil ? .missing : nil
        }
    }
}
