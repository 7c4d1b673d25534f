import Glibc

/// A user or a group of this machine, by number.
package enum Account {
    /// The user's name, or `user 1234` if no user has the number (`getpwuid(3)`).
    package static func user(_ number: UInt32) -> String {
        // Sound: no other thread looks up users, and the entry is read at once.
        guard let entry = unsafe getpwuid(number) else { return "user \(number)" }
        return unsafe String(cString: entry.pointee.pw_name)
    }

    /// The group's name, or its number if no group has it (`getgrgid(3)`).
    package static func group(_ number: UInt32) -> String {
        // Sound: no other thread looks up groups, and the entry is read at once.
        guard let entry = unsafe getgrgid(number) else { return "\(number)" }
        return unsafe String(cString: entry.pointee.gr_name)
    }

    /// Whether there is a user of this name (`getpwnam(3)`).
    package static func exists(_ name: String) -> Bool { unsafe getpwnam(name) != nil }
}
