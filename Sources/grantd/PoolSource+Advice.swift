import Pool
import Remedies
import SystemPackage

extension PoolSource {
    /// What keeps this process from making the pool's socket, and the remedy; none if nothing does.
    var advice: [String] {
        guard case .made(.unix(let path), _) = self else { return [] }
        let directory = FilePath(path).removingLastComponent().string
        let obstacle =
            PathProbe.obstacle(to: directory, for: .changing) ?? PathProbe.obstacle(to: "\(directory)/.", for: .passing)
        return obstacle.map { obstacle in
            AccessRemedy(obstacle, of: .current, state: "", stateOwner: nil, isService: true).lines
        } ?? []
    }
}
