import Encoding
import FoundationEssentials

@testable import GrantCore

/// The input as a JSON body, and as the values of an object that is written well.
func json(_ input: [UInt8]) {
    let parsed: RequestParameters?
    let refusal: String
    do {
        parsed = try JSONParameters.parse(input, known: Parameter.allCases)
        refusal = ""
    } catch {
        parsed = nil
        refusal = error.description
    }
    let depth = JSONGrammar.depth(of: input)
    if let parsed {
        guard let depth else { return expect(false, "what is taken is in the grammar") }
        expect(depth <= JSONScanner.maximumDepth + 1, "what is taken is nested as deeply as it may be")
        expectFoundationAgrees(input, parsed)
    } else if refusal.contains("well-formed"), let depth {
        expect(depth >= JSONScanner.maximumDepth, "what is in the grammar is well-formed, unless it is nested deeply")
    }

    let values = parameterValues(input)
    var object = JSONObject()
    for (name, values) in values { for value in values { object.add(name.rawValue, value) } }
    guard let again = try? JSONParameters.parse(Array(object.text.utf8), known: Parameter.allCases) else {
        return expect(false, "an object that is written well is taken")
    }
    expectSame(again, values)
}

/// Foundation, which takes more than the grammar does, reads the same in what is taken.
private func expectFoundationAgrees(_ input: [UInt8], _ parsed: RequestParameters) {
    // By zeros at the start of a text it takes it for another encoding than UTF-8.
    if input.prefix(4).contains(0) { return }
    guard let members = try? JSONDecoder().decode([String: JSONMember].self, from: Data(input)) else {
        return expect(false, "Foundation takes what is taken")
    }
    var values: [Parameter: [String]] = [:]
    for name in Parameter.allCases {
        switch members[name.rawValue] {
        case .string(let text): values[name] = [text]
        case .strings(let texts): values[name] = texts
        case .other, nil: break
        }
    }
    expectSame(parsed, values)
}

/// A member as Foundation reads it: its text, or several, or anything else, such as a number of any size.
private enum JSONMember: Decodable {
    case string(String)
    case strings([String])
    case other

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let texts = try? container.decode([String].self) {
            self = .strings(texts)
        } else {
            self = .other
        }
    }
}
