import FileStore
import GrantCore
import JOSE

/// What is shown of a signing key: all but the key. Times are seconds since 1970.
struct SigningKeyDocument: Encodable {
    let kid: String
    let alg: String
    let stage: String
    /// Whether it is the one that signs now: the newest that is active.
    let signs: Bool
    let createdAt: Int64
    let activeAt: Int64
    let retiredAt: Int64?
    let publishedUntil: Int64?

    /// A key as it is at a time.
    init(_ key: SigningKey, signs: Bool, at now: Timestamp) {
        kid = key.id
        alg = key.key.algorithm.rawValue
        stage = key.schedule.stage(at: now).rawValue
        self.signs = signs
        createdAt = key.schedule.createdAt.seconds
        activeAt = key.schedule.activeAt.seconds
        retiredAt = key.schedule.retiredAt?.seconds
        publishedUntil = key.schedule.publishedUntil?.seconds
    }

    /// Keys as they are at a time.
    ///
    /// - Parameter keys: the one that is to sign leading.
    static func all(_ keys: [SigningKey], at now: Timestamp) -> [SigningKeyDocument] {
        let signing = keys.first { $0.schedule.stage(at: now) == .active }?.id
        return keys.map { SigningKeyDocument($0, signs: $0.id == signing, at: now) }
    }
}

extension SigningKey {
    /// Since when it is in its stage, and until when; nil if that is open.
    func span(at now: Timestamp) -> (since: Timestamp?, until: Timestamp?) {
        switch schedule.stage(at: now) {
        case .published: (schedule.createdAt, schedule.activeAt)
        case .active: (schedule.activeAt, schedule.retiredAt)
        case .retired: (schedule.retiredAt, schedule.publishedUntil)
        case .gone: (schedule.publishedUntil, nil)
        }
    }
}
