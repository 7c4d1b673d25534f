/// Who is told that a client authenticated, and by which of its secrets.
package protocol SecretUseObserver {
    /// A secret of the client's was right, and the client may use it. It is called for every such request.
    func used(_ secret: SecretHash, of client: Client, at now: Timestamp)
}
