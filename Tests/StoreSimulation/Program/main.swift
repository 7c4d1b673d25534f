// Shows what becomes of a store on a machine whose power is cut, or whose calls fail, and prints how often it was tried.
//
//     store-simulation power-cuts STATES [SEED]  so many states, of runs from this seed on
//     store-simulation faults RUNS [SEED]        so many runs from this seed on, with every fault at every call
//     store-simulation long|short SEED           one of the runs that power-cuts makes

import Glibc
import StoreSimulation

let arguments = CommandLine.arguments.dropFirst()
let numbers = arguments.dropFirst().map { UInt64($0) ?? .max }
guard let kind = arguments.first, let first = numbers.first, numbers.count <= 2, !numbers.contains(.max) else {
    exit(64)
}
let seed = numbers.count == 2 ? numbers[1] : .random(in: 0..<1 << 32)

do throws(Violation) {
    switch (kind, CrashSimulation.Kind(rawValue: kind)) {
    case ("power-cuts", _):
        var states = 0
        for kind in CrashSimulation.Kind.allCases {
            var simulation = CrashSimulation(kind)
            try simulation.run(states: Int(first) / 2, seed: seed)
            states += simulation.states
            print("\(simulation.states) states in \(simulation.runs) \(kind) runs from seed \(seed) on")
        }
        print("\(states) states, and every promise held")
    case ("faults", _):
        var simulation = FaultSimulation()
        for run in 0..<first { try simulation.run(seed: seed + run, steps: 12) }
        let (faults, kinds, states) = (simulation.faults, simulation.kinds.count, simulation.states)
        print("\(faults) faults of \(kinds) kinds in \(first) runs from seed \(seed) on, \(states) states after them")
        print("every promise held")
    case (_, let kind?):
        var simulation = CrashSimulation(kind)
        try simulation.run(seed: first)
        print("\(simulation.states) states, and every promise held")
    default:
        exit(64)
    }
} catch {
    print(error)
    exit(1)
}
