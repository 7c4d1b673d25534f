/// Up to two elements, stored inline.
struct Few<Element>: RandomAccessCollection, ExpressibleByArrayLiteral {
    private var first: Element?
    private var second: Element?

    /// A collection of the elements that are not nil, in this order.
    init(_ first: Element? = nil, _ second: Element? = nil) {
        (self.first, self.second) = first == nil ? (second, nil) : (first, second)
    }

    /// Up to two elements.
    init(arrayLiteral elements: Element...) {
        precondition(elements.count <= 2, "at most two elements")
        self.init(elements.first, elements.dropFirst().first)
    }

    var startIndex: Int { 0 }
    var endIndex: Int { first == nil ? 0 : second == nil ? 1 : 2 }

    subscript(index: Int) -> Element {
        guard let element = index == 0 ? first : second else { preconditionFailure("the index is out of range") }
        return element
    }

    /// The elements that satisfy a condition.
    func filter(_ isIncluded: (Element) -> Bool) -> Few {
        Few(first.flatMap { isIncluded($0) ? $0 : nil }, second.flatMap { isIncluded($0) ? $0 : nil })
    }
}

extension Few: Sendable where Element: Sendable {}
extension Few: Equatable where Element: Equatable {}
extension Few: Hashable where Element: Hashable {}
