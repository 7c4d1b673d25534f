extension Site {
    /// Whether a location's requests are checked by grantd, in whatever way that is spelt.
    func isProtected(_ level: Level) -> Bool {
        guard let directive = level.setting("auth_request") else { return false }
        return questions[directive.value, default: .other] != .other
    }

    /// The path of the workers' socket as a mount has it.
    func socketPath(of mount: Mount) -> String? {
        guard let pass = mount.endpoints?.setting("fastcgi_pass") ?? mount.check?.setting("fastcgi_pass") else {
            return nil
        }
        let address = upstream(pass.value)?.servers.first?.value ?? pass.value
        return address.hasPrefix("unix:") ? String(address.dropFirst("unix:".count)) : nil
    }
}
