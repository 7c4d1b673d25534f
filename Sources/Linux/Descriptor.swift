import Glibc

/// An open descriptor that closes with its owner.
package struct Descriptor: ~Copyable {
    private(set) package var number: Int32

    /// Takes over an open descriptor.
    package init(owning number: Int32) {
        self.number = number
    }

    /// Gives up the descriptor without closing it: other code has closed it.
    package mutating func forget() {
        number = -1
    }

    deinit {
        if number >= 0 { close(number) }
    }
}
