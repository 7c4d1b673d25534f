/// Why an endpoint refused a request. The raw value is the label `reason`.
package enum CountedRefusal: String, CaseIterable, Sendable {
    case malformed
    case methodNotAllowed = "method_not_allowed"
    case insecureTransport = "insecure_transport"
    case notFound = "not_found"
    case bodyTooLarge = "body_too_large"
    case unsupportedMediaType = "unsupported_media_type"
    case unsupportedContentEncoding = "unsupported_content_encoding"
    case noCredentials = "no_credentials"
    case unsupportedScheme = "unsupported_scheme"
    case unknownClient = "unknown_client"
    case wrongSecret = "wrong_secret"
    case expiredSecret = "expired_secret"
    case invalidAssertion = "invalid_assertion"
    case usedAssertion = "used_assertion"
    case disabledClient = "disabled_client"
    case otherMethod = "other_method"
    case grantNotAllowed = "grant_not_allowed"
    case unsupportedGrantType = "unsupported_grant_type"
    case invalidScope = "invalid_scope"
    case invalidTarget = "invalid_target"
    case tooManyFailures = "too_many_failures"
    case tooBusy = "too_busy"
    case hashFailed = "hash_failed"
    case notYetValid = "not_yet_valid"
    case storageFull = "storage_full"
    case storageUnavailable = "storage_unavailable"
    case storageFailed = "storage_failed"
    case unaudited
    case notLocal = "not_local"

    /// The `error` that the caller gets (RFC 6749 §5.2).
    package var error: String {
        switch self {
        case .malformed, .methodNotAllowed, .insecureTransport, .notFound, .bodyTooLarge, .unsupportedMediaType,
            .unsupportedContentEncoding:
            "invalid_request"
        case .noCredentials, .unsupportedScheme, .unknownClient, .wrongSecret, .expiredSecret, .invalidAssertion,
            .usedAssertion, .disabledClient,
            .otherMethod:
            "invalid_client"
        case .grantNotAllowed: "unauthorized_client"
        case .unsupportedGrantType: "unsupported_grant_type"
        case .invalidScope: "invalid_scope"
        case .invalidTarget: "invalid_target"
        case .tooManyFailures, .tooBusy, .hashFailed, .notYetValid, .storageFull, .storageUnavailable,
            .storageFailed, .unaudited:
            "temporarily_unavailable"
        case .notLocal: "access_denied"
        }
    }

    /// Its index in `allCases`.
    var index: Int { Self.indices[self] ?? 0 }

    private static let indices = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}
