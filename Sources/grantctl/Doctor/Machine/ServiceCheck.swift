import Doctor
import Linux

/// Whether systemd runs grantd's units.
struct ServiceCheck {
    /// What systemd says of a unit.
    private struct Unit {
        let name: String
        let properties: [String: String]

        var isLoaded: Bool { properties["LoadState"] == "loaded" }
        var state: String { properties["ActiveState"] ?? "unknown" }
        var isActive: Bool { state == "active" || state == "reloading" }
        var isEnabled: Bool { ["enabled", "enabled-runtime", "static", "alias"].contains(properties["UnitFileState"]) }
    }

    private static let names = ["grantd.socket", "grantd.service"]

    /// What there is to say; nothing if systemd does not run here, or does not know the units.
    func findings(on machine: any MachineView) -> [Finding] {
        guard machine.status(of: "/run/systemd/system") != nil,
            let told = machine.run(
                "systemctl",
                ["show", "--property=Id,LoadState,ActiveState,UnitFileState"] + Self.names
            ), told.status == 0
        else { return [] }
        let units = Self.units(in: String(decoding: told.output, as: UTF8.self)).filter(\.isLoaded)
        let isListening = units.contains { $0.name.hasSuffix(".socket") && $0.isActive }
        // An active socket starts the service at the first request.
        let findings = units.filter { !(isListening && $0.state == "inactive") }.flatMap(findings)
        if !findings.isEmpty || units.isEmpty { return findings }
        return [Finding(.ok, "units", "systemd runs \(units.map(\.name).joined(separator: " and ")).")]
    }

    private func findings(of unit: Unit) -> [Finding] {
        guard unit.isActive else {
            let isFailure = unit.name.hasSuffix(".socket") || unit.state == "failed"
            return [
                Finding(
                    isFailure ? .failure : .warning,
                    "unit-not-active",
                    "systemd says that \(unit.name) is \(unit.state).",
                    remedy: "Run `systemctl start \(unit.name)`; `journalctl -u \(unit.name)` says why it stopped."
                )
            ]
        }
        guard unit.isEnabled || unit.name.hasSuffix(".service") else {
            return [
                Finding(
                    .warning,
                    "unit-not-enabled",
                    "\(unit.name) is active, but does not start with the machine.",
                    remedy: "Run `systemctl enable \(unit.name)`."
                )
            ]
        }
        return []
    }

    private static func units(in text: String) -> [Unit] {
        text.split(separator: "\n\n").compactMap { block in
            var properties: [String: String] = [:]
            for line in block.split(separator: "\n") {
                let pair = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                if pair.count == 2 { properties[String(pair[0])] = String(pair[1]) }
            }
            return properties["Id"].map { Unit(name: $0, properties: properties) }
        }
    }
}
