/// What a process needs of a path.
package enum PathUse: Equatable, Sendable {
    /// To read a file.
    case reading
    /// To read and write a file.
    case writing
    /// To list a directory and change what is in it.
    case changing
    /// To make something in a directory.
    case adding
    /// To pass through a directory.
    case passing
}
