/// A line's way through its values, two units to the right for each, as the data of an SVG path.
///
/// The line has a gap at each nil value.
struct Curve {
    /// The line.
    private(set) var path = ""
    /// The values that stand alone between two gaps, as lines without length: round ends make dots of them.
    private(set) var dots = ""
    private var stretches: [(begin: Int, path: String)] = []

    /// The way through values, whose heights in whole units a function gives.
    init(_ values: [Double?], height: (Double) -> Int) {
        var index = 0
        while index < values.count {
            guard values[index] != nil else {
                index += 1
                continue
            }
            let begin = index
            var stretch: [Int] = []
            while index < values.count, let value = values[index] {
                stretch.append(height(value))
                index += 1
            }
            guard stretch.count > 1 else {
                dots += "M\(2 * begin + 1) \(stretch[0])h0"
                continue
            }
            stretches.append((2 * begin + 1, Self.path(from: begin, through: stretch)))
        }
        path = stretches.map(\.path).joined()
    }

    /// The surface between the line and the bottom.
    func area(down bottom: Int) -> String {
        stretches.map { "\($0.path)V\(bottom)H\($0.begin)z" }.joined()
    }

    /// A stretch without gaps. Points on a level are left out, so that a quiet hour takes few bytes.
    private static func path(from begin: Int, through heights: [Int]) -> String {
        var path = "M\(2 * begin + 1) \(heights[0])"
        var level = 0
        for (last, next) in zip(heights, heights.dropFirst()) {
            if next == last {
                level += 2
                continue
            }
            if level > 0 { path += "h\(level)" }
            level = 0
            path += next < last ? "l2\(next - last)" : "l2 \(next - last)"
        }
        return path + (level > 0 ? "h\(level)" : "")
    }
}
