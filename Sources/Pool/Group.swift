package import Glibc

/// A group of users.
package enum Group {
    /// The number of a group that is given by name or number (`getgrnam(3)`).
    package static func id(of name: String) throws(PoolError) -> gid_t {
        if let number = gid_t(name), number != gid_t.max { return number }
        // Sound: no other thread looks up groups, and the entry is read at once.
        guard let entry = unsafe getgrnam(name) else { throw .unknownGroup(name) }
        return unsafe entry.pointee.gr_gid
    }
}
