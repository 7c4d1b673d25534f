import Glibc

/// Whether a descriptor is a socket that listens (`getsockopt(2)`, `SO_ACCEPTCONN`).
package func isListening(_ descriptor: Int32) -> Bool {
    var isListening: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    // Sound: the call fills one local integer, whose size it is given.
    let result = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size)
    return result == 0 && isListening != 0
}
