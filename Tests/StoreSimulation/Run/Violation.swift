/// A promise that did not hold.
package struct Violation: Error, CustomStringConvertible {
    /// Which, and under which circumstances.
    package var description: String

    package init(_ description: String) {
        self.description = description
    }

    /// Throws where a promise does not hold.
    package static func unless(_ holds: Bool, _ promise: @autoclosure () -> String) throws(Violation) {
        if !holds { throw Violation("did not hold: \(promise())") }
    }

    /// Runs calls that must not fail.
    package static func ifFails<Result>(
        _ what: @autoclosure () -> String,
        _ body: () throws -> Result
    ) throws(Violation) -> Result {
        do {
            return try body()
        } catch let violation as Violation {
            throw violation
        } catch {
            throw Violation("\(what()) failed: \(error)")
        }
    }
}
