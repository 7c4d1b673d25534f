import ArgumentParser

/// A language that a client's code is printed in.
enum CodeLanguage: String, CaseIterable, ExpressibleByArgument {
    case curl, python, go, node, java, php

    /// The code: a file that runs, and whose parts can be used from others.
    func code(_ values: CodeValues) -> String {
        switch self {
        case .curl: CurlCode.text(values)
        case .python: PythonCode.text(values)
        case .go: GoCode.text(values)
        case .node: NodeCode.text(values)
        case .java: JavaCode.text(values)
        case .php: PHPCode.text(values)
        }
    }

    /// How the code is run once it is in a file.
    var command: String {
        switch self {
        case .curl: "sh token.sh"
        case .python: "python3 token.py"
        case .go: "go run token.go"
        case .node: "node token.mjs"
        case .java: "java Token.java"
        case .php: "php token.php"
        }
    }

    /// What a person does with it.
    var instruction: String {
        "Set OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET in its environment. `\(command)` prints a token; with URLs after it, "
            + "it gets them with the token."
    }
}
