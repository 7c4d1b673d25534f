import CLinux

/// What the kernel knows of its clock.
package enum KernelClock {
    /// Whether a time service keeps the clock right, as far as the kernel was told (`adjtimex(2)`); nil if it does not say.
    package static var isSynchronised: Bool? {
        switch linux_clock_is_synchronised() {
        case 0: false
        case 1: true
        default: nil
        }
    }
}
