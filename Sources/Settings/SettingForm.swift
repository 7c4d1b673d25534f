import SystemPackage

/// The form of a setting's value: how it is read, written and described.
struct SettingForm<Value>: Sendable {
    /// The end of the sentence "it takes …".
    let expectation: String
    /// All values, if there are few; otherwise none.
    var choices: [String] = []
    /// Reads a value; nil if it is not one.
    let parse: @Sendable (String) -> Value?
    /// Writes a value as `parse` reads it.
    let text: @Sendable (Value) -> String
}

extension SettingForm<Int> {
    /// Decimal digits alone: no sign, no space.
    static func wholeNumber(_ range: ClosedRange<Int>) -> Self {
        SettingForm(
            expectation: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            parse: { text in
                guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text) else { return nil }
                return range.contains(value) ? value : nil
            },
            text: { String($0) }
        )
    }
}

extension SettingForm where Value: RawRepresentable<String> & CaseIterable & SendableMetatype {
    /// One of a few words.
    static func choice() -> Self {
        let words = Value.allCases.map(\.rawValue)
        return SettingForm(
            expectation: words.dropLast().joined(separator: ", ") + " or " + (words.last ?? ""),
            choices: words,
            parse: { Value(rawValue: $0) },
            text: { $0.rawValue }
        )
    }
}

extension SettingForm<FilePath> {
    /// Absolute, because a service's working directory is arbitrary.
    static var absolutePath: Self {
        SettingForm(
            expectation: "an absolute path",
            parse: { $0.hasPrefix("/") && !$0.utf8.contains(0) ? FilePath($0) : nil },
            text: { $0.string }
        )
    }
}

extension SettingForm<FilePath?> {
    /// The absolute path of a file, or nothing for none.
    ///
    /// A file of the root directory is refused: confinement leaves a worker the file's directory, which would be all files.
    static var optionalFile: Self {
        let path = SettingForm<FilePath>.absolutePath
        return SettingForm(
            expectation: "an absolute path below a directory of its own, such as /var/log/grantd/audit.jsonl",
            parse: { text in
                if text.isEmpty { return .some(nil) }
                guard let file = path.parse(text),
                    !file.lexicallyNormalized().removingLastComponent().components.isEmpty
                else { return nil }
                return .some(file)
            },
            text: { $0.map(path.text) ?? "" }
        )
    }
}

extension SettingForm<String> {
    /// RFC 9110 §5.6.4 `quoted-string`, less what would need a backslash, tabs and anything but ASCII.
    static var realm: Self {
        SettingForm(
            expectation: "1 to 200 printable ASCII characters without \" and \\",
            parse: { text in
                let bytes = text.utf8
                let fits = (1...200).contains(bytes.count) && bytes.allSatisfy { (0x20...0x7E).contains($0) }
                return fits && !bytes.contains(UInt8(ascii: "\"")) && !bytes.contains(UInt8(ascii: "\\")) ? text : nil
            },
            text: { $0 }
        )
    }
}

extension SettingForm<String?> {
    /// An issuer, or nothing for none.
    static var issuer: Self {
        SettingForm(
            expectation: IssuerURL.expectation,
            parse: { text in text.isEmpty ? .some(nil) : IssuerURL.isValid(text) ? .some(text) : nil },
            text: { $0 ?? "" }
        )
    }
}

extension SettingForm<StorePlace> {
    /// Files or an engine.
    static var storePlace: Self {
        SettingForm(expectation: StorePlace.expectation, parse: { StorePlace($0) }, text: { $0.text })
    }
}

extension SettingForm<String?> {
    /// The name of an engine's user, or nothing for none.
    static var storeUser: Self {
        SettingForm(
            expectation: "1 to 100 characters without space",
            parse: { text in
                if text.isEmpty { return .some(nil) }
                let fits = text.utf8.count <= 100 && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
                return fits ? .some(text) : nil
            },
            text: { $0 ?? "" }
        )
    }

    /// The path of a unix socket for each member, or nothing for none.
    static var socketTemplate: Self {
        SettingForm(
            expectation: "an absolute path with %h and %p, for a member's address and port",
            parse: { text in
                if text.isEmpty { return .some(nil) }
                return text.hasPrefix("/") && text.contains("%h") && text.contains("%p") ? .some(text) : nil
            },
            text: { $0 ?? "" }
        )
    }
}
