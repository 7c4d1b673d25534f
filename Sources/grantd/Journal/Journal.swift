import Gateway
import GrantCore

/// What happened to a request, in the words of its endpoint.
enum JournalEvent {
    /// A token was issued, and is not yet handed out.
    case issued(TokenResponse)
    /// A token was asked about.
    case introspected(IntrospectionResponse)
    /// A client gave a token back.
    case revoked(Revocation)
    /// A request to an endpoint was refused.
    case refused(OAuthError)
    /// A request to the site was denied.
    case denied(BearerRefusal)

    /// Whether the event is withheld if it cannot be recorded: what gives access is, what takes access away is not.
    var isWithheldUnrecorded: Bool {
        if case .issued = self { true } else { false }
    }
}

/// Receives every event, as the audit and the log do.
protocol JournalListener {
    /// Takes note of an event.
    ///
    /// - Throws: why a listener that must record the event could not.
    func note(_ event: JournalEvent, of request: GatewayRequest) throws(StorageError)

    /// Takes note of an event below the endpoints, such as a dropped request.
    func note(_ event: GatewayEvent)

    /// Takes note of what the worker has to do now.
    func note(_ load: GatewayLoad)
}

extension JournalListener {
    func note(_ event: GatewayEvent) {}
    func note(_ load: GatewayLoad) {}
}

/// Passes each event to all listeners, in order.
struct Journal: GatewayObserver {
    private let listeners: [any JournalListener]
    private let failed: () -> Void

    /// A journal for these listeners. A listener that can withhold an event comes first.
    ///
    /// - Parameter failed: is called when a listener could not record an event.
    init(_ listeners: [any JournalListener], failed: @escaping () -> Void = {}) {
        self.listeners = listeners
        self.failed = failed
    }

    /// Passes an event to the listeners.
    ///
    /// - Returns: why a listener could not record the event, or nil if all did. If the event is withheld then, later listeners
    ///   do not receive it.
    @discardableResult
    func note(_ event: JournalEvent, of request: GatewayRequest) -> StorageError? {
        var failure: StorageError?
        for listener in listeners {
            do throws(StorageError) {
                try listener.note(event, of: request)
            } catch {
                failed()
                if event.isWithheldUnrecorded { return error }
                failure = failure ?? error
            }
        }
        return failure
    }

    func observe(_ event: GatewayEvent) {
        for listener in listeners { listener.note(event) }
    }

    func observe(_ load: GatewayLoad) {
        for listener in listeners { listener.note(load) }
    }
}
