import GrantCore

extension HashedLine {
    /// What the lines of an htpasswd file come to.
    static func entries(in bytes: [UInt8]) -> [ImportEntry] {
        lines(in: bytes).map { number, content in
            let place = "line \(number)"
            switch content {
            case .success(let (id, hash)):
                let secret = ImportedSecret(value: .hash(hash))
                return ImportEntry(place: place, line: number, id: id.value, outcome: .client(Client(id: id), [secret]))
            case .failure(let refusal):
                return ImportEntry(place: place, line: number, outcome: .refused(refusal.reason))
            }
        }
    }
}
