import CLinux
import Glibc

/// A user, and the groups that its processes are in.
package struct Account: Sendable, Equatable {
    /// The number of the user.
    package var user: UInt32
    /// The number of its own group, and of those in which it is a member.
    package var groups: Set<UInt32>

    /// Describes a user.
    package init(user: UInt32, groups: Set<UInt32>) {
        self.user = user
        self.groups = groups
    }

    /// Looks up a user by name (`getpwnam(3)`, `getgrouplist(3)`); nil if there is none.
    package init?(named name: String) {
        // Sound: no other thread looks up users, and the entry is read at once.
        guard let entry = unsafe getpwnam(name) else { return nil }
        user = unsafe entry.pointee.pw_uid
        let own = unsafe entry.pointee.pw_gid
        var numbers = [gid_t](repeating: 0, count: Self.usualGroups)
        var count = Int32(numbers.count)
        // Sound: the call writes within the array, whose size it is given.
        while unsafe getgrouplist(name, own, &numbers, &count) < 0 {
            // It sets the number of groups. If there was room for them, it failed for another reason.
            guard Int(count) > numbers.count else {
                groups = [own]
                return
            }
            numbers = [gid_t](repeating: 0, count: Int(count))
        }
        groups = Set(numbers.prefix(Int(count)))
    }

    /// For how many groups there is room at first.
    private static let usualGroups = 256

    /// The name of a user (`getpwuid(3)`); `user 1234` if no user has the number.
    package static func name(ofUser number: UInt32) -> String {
        // Sound: no other thread looks up users, and the entry is read at once.
        guard let entry = unsafe getpwuid(number) else { return "user \(number)" }
        return unsafe String(cString: entry.pointee.pw_name)
    }

    /// The name of a group (`getgrgid(3)`); its number if it has none.
    package static func name(ofGroup number: UInt32) -> String {
        // Sound: no other thread looks up groups, and the entry is read at once.
        guard let entry = unsafe getgrgid(number) else { return "\(number)" }
        return unsafe String(cString: entry.pointee.gr_name)
    }
}
