/// One setting: its name, its form, and where its value goes.
package struct Setting: Sendable {
    /// What every name of ours begins with.
    package static let prefix = "GRANTD_"

    /// The name, in the environment and in the file: `GRANTD_TOKEN_LIFETIME`.
    package let name: String
    /// What stands for the value in help texts: `SECONDS`.
    package let placeholder: String
    /// What it decides, in one line.
    package let summary: String
    /// What its value has to be: the end of the sentence "it takes …".
    package let expectation: String
    /// All values, if the setting takes one of a fixed list; otherwise empty.
    package let choices: [String]

    private let assign: @Sendable (String, inout Settings) -> Bool
    private let show: @Sendable (Settings) -> String

    /// Ties a name to a property of ``Settings`` and to the form of its value.
    init<Value>(
        _ name: String,
        _ property: any WritableKeyPath<Settings, Value> & Sendable,
        _ form: SettingForm<Value>,
        placeholder: String,
        summary: String
    ) {
        self.name = name
        self.placeholder = placeholder
        self.summary = summary
        self.expectation = form.expectation
        self.choices = form.choices
        self.assign = { text, settings in
            guard let value = form.parse(text) else { return false }
            settings[keyPath: property] = value
            return true
        }
        self.show = { form.text($0[keyPath: property]) }
    }

    /// The command-line option of the same meaning: `--token-lifetime`.
    package var option: String {
        "--" + name.dropFirst(Self.prefix.count).lowercased().replacing("_", with: "-")
    }

    /// The default, written as a value of it is.
    package var defaultText: String { show(Settings()) }

    /// What to write for a value with a unit, such as `1h`, if the setting is a plain number of seconds or milliseconds; the
    /// end of the sentence "it …".
    func remedy(for text: String) -> String? {
        let units = ["SECONDS": (name: "seconds", size: 1000), "MILLISECONDS": (name: "milliseconds", size: 1)]
        guard let unit = units[placeholder], let milliseconds = DurationText.milliseconds(text),
            milliseconds.isMultiple(of: unit.size)
        else { return nil }
        let number = String(milliseconds / unit.size)
        var settings = Settings()
        return assign(number, &settings) ? "is in \(unit.name): \(number)" : nil
    }

    /// Puts a value into the settings; false, and nothing done, if it is not what the setting takes.
    func set(_ text: String, in settings: inout Settings) -> Bool {
        assign(text, &settings)
    }
}
