import Foundation
import Settings
import Testing

struct VersionTests {
    @Test func `the version is the changelog's`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let changelog = try String(contentsOf: root.appending(path: "deploy/debian/changelog"), encoding: .utf8)
        #expect(changelog.hasPrefix("grantd (\(version)) "))
    }
}
