package import GrantCore

/// Makes, changes and removes clients; what it did is on the disk when it returns, and counts at the next request.
///
/// Each change is made under the lock of `clients/`, and a file is replaced whole.
package struct ClientAdministration {
    private let state: StateDirectory

    /// Administers the clients in a state directory.
    package init(in state: StateDirectory) {
        self.state = state
    }

    /// Registers a client.
    package func add(_ client: Client) throws(AdministrationError) {
        let name = try name(of: client.id)
        try locked { () throws(AdministrationError) in
            guard try AdministrationError.attempt({ () throws(IOFailure) in try state.clients.status(of: name) }) == nil
            else { throw .exists(client.id) }
            try publish(ClientFile(client), as: name)
        }
    }

    /// Changes a client, and says what it is then.
    @discardableResult
    package func update(
        _ id: ClientID,
        _ change: (inout Client) -> Void
    ) throws(AdministrationError) -> Client {
        let name = try name(of: id)
        return try locked { () throws(AdministrationError) in
            var file = try read(id, from: name)
            file.update(change)
            try publish(file, as: name)
            return file.client
        }
    }

    /// Takes a client away, its file whatever it says.
    package func remove(_ id: ClientID) throws(AdministrationError) {
        let name = try name(of: id)
        try locked { () throws(AdministrationError) in
            let wasThere = try AdministrationError.attempt { () throws(IOFailure) in
                let wasThere = try state.clients.unlink(name)
                try state.clients.sync()
                return wasThere
            }
            guard wasThere else { throw .notFound(id) }
        }
    }

    /// A client as its file says.
    package func client(_ id: ClientID) throws(AdministrationError) -> Client {
        try read(id, from: name(of: id)).client
    }

    /// The ids of all clients that have a file, sorted.
    package func ids() throws(AdministrationError) -> [ClientID] {
        try AdministrationError.attempt { () throws(IOFailure) in
            try state.clients.names().compactMap(ClientFileName.id(of:)).sorted { $0.value < $1.value }
        }
    }

    private func name(of id: ClientID) throws(AdministrationError) -> String {
        guard let name = ClientFileName.name(for: id) else { throw .unnameable(id) }
        return name
    }

    private func read(_ id: ClientID, from name: String) throws(AdministrationError) -> ClientFile {
        let reading = try AdministrationError.attempt { () throws(IOFailure) in
            try ClientReading(of: id, in: state.clients, named: name)
        }
        switch reading?.file {
        case nil: throw .notFound(id)
        case .success(let file)?: return file
        case .failure(let unusable)?: throw .unusable(file: name, reason: unusable.reason)
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
        try AdministrationError.attempt { () throws(IOFailure) in try state.clients.publish(bytes, as: name) }
    }

    private func locked<Result>(
        _ body: () throws(AdministrationError) -> Result
    ) throws(AdministrationError) -> Result {
        let fileSystem = state.clients.fileSystem
        try AdministrationError.attempt { () throws(IOFailure) in try fileSystem.lock(state.clients.descriptor) }
        defer { fileSystem.unlock(state.clients.descriptor) }
        return try body()
    }
}
