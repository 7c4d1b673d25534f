import Remedies
import Settings

extension Settings {
    /// The problems, and after them what stands between this process and its files, with the remedies.
    ///
    /// - Parameter isComplete: also looks if there are no problems, and for files that belong to another user than the state.
    func adviceLines(after problems: [String], isComplete: Bool = false) -> [String] {
        guard isComplete || !problems.isEmpty else { return [] }
        let advice = SiteAdvice(self, settingsFile: "", isService: true)
        let lines = advice.lines()
        return problems + (lines.isEmpty && isComplete ? advice.linesOnForeignPaths : lines)
    }
}
