/// Which of the pending changes a power cut leaves on the disk.
package struct Survivors: Sendable, Hashable {
    /// Whether each is there.
    var kept: [Bool]
    /// Of torn ones, by their index: which of the bytes, or up to which size.
    var parts: [Int: Range<Int>] = [:]
}

extension DiskHistory {
    /// Ways in which the power can go now: all of them if they are at most `limit`, else so many drawn by lot. In each
    /// case some more with torn changes follow.
    package func survivors(limit: Int, torn: Int, _ random: inout SeededRandom) -> [Survivors] {
        let count = pending.count
        var all: [Survivors] = []
        if count < Int.bitWidth - 2, 1 << count <= limit {
            all = (0..<1 << count).map { bits in
                Survivors(kept: (0..<count).map { bits >> $0 & 1 == 1 })
            }
        } else {
            all.append(Survivors(kept: [Bool](repeating: false, count: count)))
            all.append(Survivors(kept: [Bool](repeating: true, count: count)))
            while all.count < limit { all.append(drawn(&random)) }
        }
        if count > 0 { all += (0..<torn).map { _ in drawnTorn(&random) } }
        return all
    }

    private func drawn(_ random: inout SeededRandom) -> Survivors {
        // Now nearly all of it, now nearly nothing: an even chance for each would hardly ever make either.
        let chance = Int.random(in: 1...9, using: &random)
        return Survivors(kept: pending.map { _ in Int.random(in: 0..<10, using: &random) < chance })
    }

    private func drawnTorn(_ random: inout SeededRandom) -> Survivors {
        var survivors = drawn(&random)
        for (index, change) in pending.enumerated() where survivors.kept[index] && Bool.random(using: &random) {
            switch change.effect {
            case .bytes(_, let bytes):
                let cuts = [0, bytes.count, Int.random(in: 0...bytes.count, using: &random)].shuffled(using: &random)
                survivors.parts[index] = min(cuts[0], cuts[1])..<max(cuts[0], cuts[1])
            case .size(let size):
                let old = durable[change.node].bytes.count
                survivors.parts[index] = 0..<Int.random(in: min(old, size)...max(old, size), using: &random)
            case .entries, .owner: break
            }
        }
        return survivors
    }

    /// The pending changes, each with what becomes of it.
    package func description(of survivors: Survivors) -> String {
        pending.enumerated().map { index, change in
            let part = survivors.parts[index].map { ", torn to \($0)" } ?? ""
            return "\(survivors.kept[index] ? "kept" : "lost") \(change)\(part)"
        }.joined(separator: "\n")
    }
}
