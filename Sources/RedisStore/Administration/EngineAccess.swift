/// What the engine's users may do (`ACL SETUSER`): a worker's no more than requests need, an administrator's what
/// `grantctl` needs besides.
package enum EngineAccess {
    /// The keys that are grantd's.
    private static let keys = "~t{* ~g{* ~c{* ~f{* ~b{* ~p{* ~u{* ~j{* ~k ~i"

    private static let connection = "+auth +info +ping +asking +cluster|info +cluster|slots +cluster|myid"

    private static let requests =
        "+get +mget +set +del +fcall +fcall_ro +wait +time +hget +hmget +hgetall +hset +pexpire +persist"

    private static let administration = "+scan +dbsize +function|load +function|list +config|get"

    /// The lines of an ACL file (`aclfile`), with a hash of each password in the place of the password.
    ///
    /// A replica logs in at its primary as `replica`; `redis-cli` forms the Cluster as `redis-admin`, who may do all.
    ///
    /// - Parameters:
    ///   - worker: the 64 hexadecimal digits of the SHA-256 of the worker's password.
    ///   - administrator: those of the administrator's.
    ///   - replica: those of the replicas'.
    ///   - keeper: those of the engine's own administrator's.
    package static func lines(worker: String, administrator: String, replica: String, keeper: String) -> [String] {
        [
            "user default off resetkeys resetchannels -@all",
            "user grantd on #\(worker) resetchannels \(keys) -@all \(requests) \(connection)",
            "user grantd-admin on #\(administrator) resetchannels \(keys) -@all \(requests) \(connection) \(administration)",
            "user replica on #\(replica) resetchannels -@all +ping +psync +replconf",
            "user redis-admin on #\(keeper) ~* &* +@all",
        ]
    }
}
