/// The size of a token request.
struct BodySizeRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        site.mounting.compactMap { server in
            guard let size = server.mount?.endpoints?.setting("client_max_body_size"), let bytes = bytes(size.value),
                bytes == 0 || bytes < 2048
            else { return nil }
            return Finding(
                .warning,
                "body-limit",
                at: size.place,
                bytes == 0
                    ? "The mount takes bodies of any size, which nginx writes to files before grantd refuses them."
                    : "The mount takes bodies of \(bytes) bytes at most, which refuses requests that carry an assertion or scopes.",
                remedy: "Write \"client_max_body_size 16k;\"."
            )
        }
    }

    private func bytes(_ text: String) -> Int? {
        let digits = text.prefix { $0.isNumber }
        guard let number = Int(digits) else { return nil }
        let factor: Int? =
            switch text.dropFirst(digits.count).lowercased() {
            case "": 1
            case "k": 1 << 10
            case "m": 1 << 20
            case "g": 1 << 30
            default: nil
            }
        guard let factor else { return nil }
        let (product, isOver) = number.multipliedReportingOverflow(by: factor)
        return isOver ? nil : product
    }
}
