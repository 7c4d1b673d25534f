// One of the processes of the store's concurrency suite: issues tokens and prints each as soon as it has it.
//
//     store-issuing-process STATE process|disk COUNT

import FileStore
import Glibc
import GrantCore

guard CommandLine.arguments.count == 4, let durability = Durability(rawValue: CommandLine.arguments[2]),
    let count = Int(CommandLine.arguments[3]), let id = ClientID("client-\(getpid() % 16)")
else {
    exit(64)
}
let state = try StateDirectory(path: CommandLine.arguments[1])
let store = FileTokenStore(in: state, durability: durability)
// Of a client that is registered the tokens are active only in its generation.
let generation = try FileClientRegistry(in: state).client(for: id)?.generation
for number in 0..<count {
    let scope = Scope("number:\(number % 64)") ?? .none
    let token = try store.issue(
        Grant(clientID: id, scope: scope, generation: generation),
        at: KernelFileSystem().now,
        lifetime: 3600
    )
    let line = Array("\(token.exposedValue)\n".utf8)
    guard unsafe write(STDOUT_FILENO, line, line.count) == line.count else { exit(74) }
}
