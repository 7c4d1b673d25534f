package import GrantCore

/// Makes, changes and removes clients in files; what it did is on the disk when it returns.
///
/// Each change is made under the lock of `clients/`, and a file is replaced whole. See ``ChangeAudit`` for its line in the
/// audit.
package struct FileClientAdministration: ClientAdministration {
    private let state: StateDirectory
    private let audit: ChangeAudit

    /// Administers the clients in a state directory.
    package init(in state: StateDirectory, audit: AuditTrail? = nil) {
        self.state = state
        self.audit = ChangeAudit(audit, user: state.clients.fileSystem.effectiveUser)
    }

    /// Registers a client.
    package func add(_ client: Client, as change: ClientChange = .add) throws(AdministrationError) {
        let name = try name(of: client.id)
        try locked { () throws(AdministrationError) in
            guard
                try AdministrationError.attempt({ () throws(FileStoreError) in try state.clients.status(of: name) })
                    == nil
            else { throw .exists(client.id) }
            try audited([change], of: client.id) { () throws(AdministrationError) in
                try publish(ClientFile(client), as: name)
            }
        }
    }

    /// Changes a client, and says what it is then.
    @discardableResult
    package func update(
        _ id: ClientID,
        as kind: ClientChange = .other,
        _ change: (inout Client) throws(AdministrationError) -> Void
    ) throws(AdministrationError) -> Client {
        let name = try name(of: id)
        return try locked { () throws(AdministrationError) in
            var file = try read(id, from: name)
            try file.update(change)
            try audited([kind], of: id) { () throws(AdministrationError) in try publish(file, as: name) }
            return file.client
        }
    }

    /// Takes a client away, its file whatever it says.
    package func remove(_ id: ClientID) throws(AdministrationError) {
        let name = try name(of: id)
        try locked { () throws(AdministrationError) in
            guard
                try AdministrationError.attempt({ () throws(FileStoreError) in try state.clients.status(of: name) })
                    != nil
            else { throw .notFound(id) }
            try audited([.remove], of: id) { () throws(AdministrationError) in
                try AdministrationError.attempt { () throws(FileStoreError) in
                    _ = try state.clients.unlink(name)
                    try state.clients.sync()
                }
            }
        }
    }

    package func replace(_ file: ClientFile) throws(AdministrationError) {
        let name = try name(of: file.client.id)
        try locked { () throws(AdministrationError) in
            try audited([.takeOver], of: file.client.id) { () throws(AdministrationError) in try publish(file, as: name)
            }
        }
    }

    package func edit(
        _ id: ClientID,
        _ change: (ClientFile?) throws(AdministrationError) -> ClientEdit?
    ) throws(AdministrationError) {
        let name = try name(of: id)
        try locked { () throws(AdministrationError) in
            guard let edit = try change(present(id, from: name)) else { return }
            try audited(edit.kinds, of: id) { () throws(AdministrationError) in try publish(edit.file, as: name) }
        }
    }

    /// A client as its file says.
    package func client(_ id: ClientID) throws(AdministrationError) -> Client {
        try file(id).client
    }

    /// What is to be said of a client.
    package func examine(_ id: ClientID, at now: Timestamp) throws(AdministrationError) -> ClientExamination {
        ClientExamination(try file(id), at: now)
    }

    /// A client's file, whole.
    package func file(_ id: ClientID) throws(AdministrationError) -> ClientFile {
        try read(id, from: name(of: id))
    }

    /// The ids of all clients that have a file, sorted.
    package func ids() throws(AdministrationError) -> [ClientID] {
        try AdministrationError.attempt { () throws(FileStoreError) in
            try state.clients.names().compactMap(ClientFileName.id(of:)).sorted { $0.value < $1.value }
        }
    }

    /// Makes one or more changes in one step, and audits each.
    private func audited(
        _ changes: [ClientChange],
        of id: ClientID,
        _ body: () throws(AdministrationError) -> Void
    ) throws(AdministrationError) {
        try audit.begin(changes, of: id)
        do throws(AdministrationError) {
            try body()
        } catch {
            audit.fail(changes, of: id, error)
            throw error
        }
        try audit.finish(changes, of: id)
    }

    private func name(of id: ClientID) throws(AdministrationError) -> String {
        guard let name = ClientFileName.name(for: id) else { throw .unnameable(id) }
        return name
    }

    private func read(_ id: ClientID, from name: String) throws(AdministrationError) -> ClientFile {
        let reading = try AdministrationError.attempt { () throws(FileStoreError) in
            try ClientFileReader(of: id, in: state.clients, named: name)?.file
        }
        switch reading {
        case nil: throw .notFound(id)
        case .success(let file)?: return file
        case .failure(let unusable)?: throw .unusable(file: name, reason: unusable.reason)
        }
    }

    private func present(_ id: ClientID, from name: String) throws(AdministrationError) -> ClientFile? {
        do throws(AdministrationError) {
            return try read(id, from: name)
        } catch .notFound {
            return nil
        }
    }

    private func publish(_ file: ClientFile, as name: String) throws(AdministrationError) {
        let bytes: [UInt8]
        do {
            bytes = try file.bytes()
        } catch {
            throw .unusable(file: name, reason: error.reason)
        }
        guard bytes.count <= ClientFile.sizeLimit else {
            throw .unusable(file: name, reason: "it would be longer than \(ClientFile.sizeLimit) bytes")
        }
        try AdministrationError.attempt { () throws(FileStoreError) in try state.clients.publish(bytes, as: name) }
    }

    private func locked<Result>(
        _ body: () throws(AdministrationError) -> Result
    ) throws(AdministrationError) -> Result {
        let fileSystem = state.clients.fileSystem
        try AdministrationError.attempt { () throws(FileStoreError) in try fileSystem.lock(state.clients.descriptor) }
        defer { fileSystem.unlock(state.clients.descriptor) }
        return try body()
    }
}
