import Glibc
import SystemPackage

/// A directory of a test's own, gone with it and with the files in it.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/grantd-test-XXXXXX".utf8CString)
        // Sound: mkdtemp(3) writes over the last six characters of the array.
        guard unsafe mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        path = template.dropLast().reduce(into: "") { $0.unicodeScalars.append(Unicode.Scalar(UInt8(bitPattern: $1))) }
    }

    deinit {
        _ = unsafe unlink("\(path)/program")
        _ = unsafe rmdir(path)
    }
}
