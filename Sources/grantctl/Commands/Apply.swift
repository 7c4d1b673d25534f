import ArgumentParser
import FileStore
import GrantCore
import Settings
import SystemPackage

/// `grantctl apply`
struct Apply: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Makes the clients what the files of a directory declare.",
        discussion: """
            DIRECTORY holds a file ID.json for each client, in the format of grantd-client(5), and nothing else; names \
            that begin with a dot are passed over. All files are examined first: if one is wrong, all that is wrong is \
            printed, and nothing is changed.

            A member that a file leaves out gets its default, except secrets, active, generation and not_before: they \
            stay as they are, so that a rotated secret stays valid and a disabled client stays disabled. A \
            new client whose file has no secrets is refused unless --generate-secrets is given. Members that grantd \
            does not know are kept. Clients without a file are left alone unless --prune is given.

            --dry-run changes nothing and prints what would change, member by member; hashes are never printed, secrets \
            are named as in `client show`. Its exit status is 2 if something would change, and 0 if not. With --json, \
            `changed` is true or false in either case.

            A client is changed whole or not at all. If a change fails, those made before it are printed, and the exit \
            status is 74; run the command again to complete it. If it was stopped before it printed a generated secret, \
            `client rotate` makes another.

            EXAMPLES:
              grantctl apply /etc/grantd/clients --dry-run
              grantctl apply /etc/grantd/clients --prune --json
            """
    )

    @Argument(
        help: ArgumentHelp("The directory of the clients' files.", valueName: "directory"),
        completion: .directory
    )
    var directory: String

    @Flag(help: "Change nothing; print what would change.")
    var dryRun = false

    @Flag(help: "Remove clients that have no file; their tokens stop working.")
    var prune = false

    @Flag(help: "Let --prune remove all clients if the directory declares none.")
    var allowEmpty = false

    @Flag(help: "Generate a secret for each new client whose file has no secrets, and print it once.")
    var generateSecrets = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if allowEmpty && !prune { throw ValidationError("--allow-empty goes with --prune.") }
    }

    func run() throws {
        try tellingProblems {
            let settings = try common.settings()
            let declared = DeclaredClients(in: directory)
            guard declared.faults.isEmpty else {
                return try end(ApplyReport.refusal(declared.faults, isDryRun: dryRun))
            }
            // Without a state there are no clients, and a dry run makes neither.
            if dryRun, settings.store == .files, !StateDirectory.exists(at: settings.state.string) {
                return try end(report(on: plan(for: declared.clients, beside: [:])))
            }
            let site = try Site(settings, making: !dryRun)
            try end(site.run { try await perform(declared.clients, in: site) })
        }
    }

    private func perform(_ declared: [DeclaredClient], in site: Site) async throws -> ApplyReport {
        let plan = try await plan(for: declared, beside: PresentClients.all(in: site.clients))
        if dryRun || !plan.faults.isEmpty { return report(on: plan) }
        return await plan.carryOut(in: site)
    }

    private func plan(for declared: [DeclaredClient], beside present: PresentClients) -> ApplyPlan {
        ApplyPlan(
            declared,
            beside: present,
            options: ApplyPlan.Options(prunes: prune, prunesAll: allowEmpty, generatesSecrets: generateSecrets),
            at: KernelFileSystem().now
        )
    }

    private func report(on plan: ApplyPlan) -> ApplyReport {
        plan.faults.isEmpty ? ApplyReport(plan) : .refusal(plan.faults, isDryRun: dryRun)
    }

    private func end(_ applied: ApplyReport) throws {
        let report = applied.report
        try report.print(asJSON: common.json)
        throw report.exitCode
    }
}
