import Glibc
import Linux

/// Where a pool's socket comes from.
package enum PoolSource: Equatable {
    /// It is made.
    case made(ListenAddress, group: String?)
    /// It is there, on this descriptor.
    case inherited(Int32)

    /// Decides; nil if there is to be no pool.
    ///
    /// - Parameters:
    ///   - listen: where `--listen` wants one.
    ///   - group: the group of its file.
    ///   - handed: the descriptor of one that systemd hands over, which is always for a pool.
    ///   - isPoolAskedFor: whether one on descriptor 0 is as well; otherwise it is for one worker.
    package init?(
        listen: ListenAddress?,
        group: String?,
        handed: Int32?,
        isPoolAskedFor: Bool,
        isListener: (Int32) -> Bool = isListening
    ) throws(PoolError) {
        switch (listen, handed) {
        case (.some, .some): throw .twoSockets
        case (let listen?, nil): self = .made(listen, group: group)
        case (nil, let handed?): self = .inherited(handed)
        case (nil, nil):
            guard isPoolAskedFor else { return nil }
            guard isListener(STDIN_FILENO) else { throw .noSocket }
            self = .inherited(STDIN_FILENO)
        }
    }

    package var description: String {
        switch self {
        case .made(let address, _): address.description
        case .inherited(let descriptor): "descriptor \(descriptor)"
        }
    }
}
