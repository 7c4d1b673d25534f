import Glibc

/// Hands a list of strings to C, ended by a null pointer.
///
/// Sound: the copies are freed after the use, and only here.
package func withCStrings<Result>(
    _ strings: [String],
    _ use: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers = unsafe strings.map { unsafe strdup($0) }
    defer { unsafe pointers.forEach { unsafe free($0) } }
    unsafe pointers.append(nil)
    return unsafe use(pointers)
}
