/// Ends the process where a property does not hold, which libFuzzer takes for a finding and keeps the input of.
func expect(
    _ holds: Bool,
    _ property: @autoclosure () -> String,
    file: StaticString = #file,
    line: UInt = #line
) {
    guard holds else { fatalError(property(), file: file, line: line) }
}
