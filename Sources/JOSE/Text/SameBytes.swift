extension String {
    /// Whether both texts are the same bytes of UTF-8 (RFC 7519 §7.3).
    ///
    /// `==` is not that: it takes for equal what Unicode calls canonically equivalent, such as `é` in one scalar or two.
    package func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
