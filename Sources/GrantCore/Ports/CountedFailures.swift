/// What is on record of a client's failures from one origin.
package struct CountedFailures: Sendable, Equatable {
    /// Where they came from: the unknown one if the site does not say, or says something that is not an address.
    package let origin: Origin
    /// How many, until when the next attempt waits, and when they are forgotten.
    package let record: FailureRecord

    /// Describes failures.
    package init(origin: Origin, record: FailureRecord) {
        self.origin = origin
        self.record = record
    }
}
