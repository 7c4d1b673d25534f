import Doctor
import FileStore
import Settings
import SystemPackage

/// Whether the clock can be right: tokens expire by it.
struct ClockCheck {
    let settings: Settings

    /// No clock that is right says an earlier time: the beginning of 2025.
    private static let earliest: Int64 = 1_735_689_600
    /// Files that are written by workers.
    private static let files = ["clock", "counters", "guesses", "tokens", "key"]
    /// How many seconds a file may be ahead.
    private static let tolerance: Int64 = 60

    /// What there is to say.
    func findings(on machine: any MachineView) -> [Finding] {
        let now = machine.now
        let set = "Set the clock (`timedatectl` shows it), and let a time service keep it right."
        if now < Self.earliest {
            return [Finding(.failure, "clock-wrong", "The clock says \(TimeText.text(now)).", remedy: set)]
        }
        if let ahead = newest(on: machine), ahead.written > now + Self.tolerance {
            let statement =
                "The clock says \(TimeText.text(now)), but \(ahead.path) was written at \(TimeText.text(ahead.written)): "
                + "the clock was set back, or was ahead then."
            return [
                Finding(
                    .failure,
                    "clock-behind",
                    statement,
                    remedy: "\(set) Tokens issued while it was ahead live longer."
                )
            ]
        }
        guard settings.store != .files, machine.isClockSynchronised == false else {
            return [Finding(.ok, "clock", "The clock says \(TimeText.text(now)).")]
        }
        return [
            Finding(
                .warning,
                "clock-not-synchronised",
                "No time service keeps the clock right, and several machines share tokens that expire by their clocks.",
                remedy: "Install one: `apt-get install chrony`."
            )
        ]
    }

    private func newest(on machine: any MachineView) -> (path: String, written: Int64)? {
        Self.files.compactMap { name in
            let path = "\(settings.state)/\(name)"
            return machine.status(of: path).map { (path, $0.modified) }
        }
        .max { $0.written < $1.written }
    }
}
