import Doctor
import Encoding
import Linux
import Settings

/// Whether the workers run the program that is installed, and whether grantd and grantctl are of one version.
struct ProgramCheck {
    /// The process ids of the workers.
    let workers: [Int32]

    /// What there is to say.
    func findings(on machine: any MachineView) -> [Finding] {
        var findings: [Finding] = []
        let programs = workers.compactMap { machine.target(ofLink: "/proc/\($0)/exe") }
        if programs.contains(where: { $0.hasSuffix(" (deleted)") }) {
            findings.append(
                Finding(
                    .warning,
                    "program-replaced",
                    "grantd was installed again, and the workers still run the program that was there before.",
                    remedy: "Run `systemctl reload grantd`; no request is lost."
                )
            )
        }
        // The user grantd writes the ids of the workers, so what they run is never run here.
        guard let grantd = installed(on: machine), grantd != version else { return findings }
        findings.append(
            Finding(
                .warning,
                "versions-differ",
                "grantd is version \(grantd.printable), and grantctl \(version).",
                remedy: "Install both from one package."
            )
        )
        return findings
    }

    /// The version of the grantd on the path; nil if there is none.
    private func installed(on machine: any MachineView) -> String? {
        guard let told = machine.run("grantd", ["--version"]), told.status == 0 else { return nil }
        let text = String(decoding: told.output, as: UTF8.self)
        return text.split(whereSeparator: \.isWhitespace).first.map(String.init)
    }
}
