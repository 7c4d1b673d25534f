extension StatusDocument.Pool {
    /// The workers in one sentence: `3 of 4 workers serve, 1 is starting`.
    package var sentence: String {
        let others = [(starting, "starting"), (stopping, "stopping")].filter { $0.0 > 0 }
            .map { ", \($0.0) \($0.0 == 1 ? "is" : "are") \($0.1)" }.joined()
        let serve = serving == 1 ? "serves" : "serve"
        if serving == 0 { return "no worker serves\(others)" }
        guard let size else {
            return "\(Figures.count(serving, "worker", "workers")) \(serve), without a supervisor\(others)"
        }
        return "\(serving) of \(Figures.count(size, "worker", "workers")) \(serve)\(others)"
    }
}
