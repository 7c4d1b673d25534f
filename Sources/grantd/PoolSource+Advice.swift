import Pool
import Remedies

extension PoolSource {
    /// What keeps this process from making the pool's socket, and the remedy; none if nothing does.
    var advice: [String] {
        guard case .made(.unix(let path), _) = self else { return [] }
        return SiteAdvice.lines(onSocket: path)
    }
}
