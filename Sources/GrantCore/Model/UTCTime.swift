/// A point in time as RFC 3339 writes it, in UTC: `2026-11-23T23:16:08Z`, or with microseconds.
package struct UTCTime: CustomStringConvertible {
    private let seconds: Int
    private let fraction: String

    /// Whole seconds since 1970.
    package init(seconds: Int) {
        self.seconds = seconds
        self.fraction = ""
    }

    /// A point in time with its microseconds, six digits always.
    package init(_ time: Timestamp) {
        let microseconds = String(time.microseconds - time.seconds * 1_000_000)
        self.seconds = Int(time.seconds)
        self.fraction = "." + String(repeating: "0", count: 6 - microseconds.utf8.count) + microseconds
    }

    package var description: String {
        let (days, second) = seconds.quotientAndRemainder(dividingBy: 86400)
        // Years begin in March here, so that a leap day is a year's last. 719468 days lie between 0000-03-01 and 1970;
        // 146097 make 400 years.
        let (era, dayOfEra) = (days + 719_468).quotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        let date = "\(year)-\(twoDigits(month))-\(twoDigits(day))"
        return
            "\(date)T\(twoDigits(second / 3600)):\(twoDigits(second / 60 % 60)):\(twoDigits(second % 60))\(fraction)Z"
    }

    private func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
