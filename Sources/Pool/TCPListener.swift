import Glibc
package import Linux

/// Makes TCP sockets that listen.
package enum TCPListener {
    /// A socket that listens on the first of a host's addresses that can be had (`getaddrinfo(3)`).
    package static func listening(on host: String, _ port: UInt16) throws(PoolError) -> Descriptor {
        // Sound: the list is the call's own until it is freed, and ends with a null pointer.
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let result = unsafe getaddrinfo(host, "\(port)", &hints, &found)
        guard result == 0 else {
            throw .unknownHost(host, reason: unsafe gai_strerror(result).map { unsafe String(cString: $0) } ?? "")
        }
        defer { unsafe freeaddrinfo(found) }
        let place = ListenAddress.tcp(host: host, port: port).description
        var failure = PoolError.unknownHost(host, reason: "")
        var next = unsafe found
        while let address = unsafe next?.pointee {
            do throws(PoolError) {
                return unsafe try listening(on: address, place)
            } catch {
                failure = error
            }
            unsafe next = address.ai_next
        }
        throw failure
    }

    private static func listening(on address: addrinfo, _ place: String) throws(PoolError) -> Descriptor {
        let socket = unsafe try PoolSocket.new(address.ai_family)
        var yes: Int32 = 1
        // Sound: the calls read one local value, and an address of the list that the caller holds.
        unsafe setsockopt(socket.number, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard unsafe bind(socket.number, address.ai_addr, address.ai_addrlen) == 0,
            listen(socket.number, PoolSocket.backlog) == 0
        else {
            if errno == EADDRINUSE { throw .inUse(place) }
            throw .lastCall("bind", to: "listen on \(place)")
        }
        return socket
    }
}
