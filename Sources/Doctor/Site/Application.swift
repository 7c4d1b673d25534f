/// Compares what locations serve.
enum Application {
    /// Whether what one location protects may be what another one serves: the same application, files of both, or scripts
    /// that run in place of files.
    static func isShared(_ protected: Level, _ other: Level) -> Bool {
        let (left, right) = (Target.all(in: protected).map(\.target), Target.all(in: other).map(\.target))
        if left.isEmpty && right.isEmpty { return true }
        return right.contains { left.contains($0) || $0.kind == .fastcgi }
    }
}
