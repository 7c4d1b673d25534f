extension String {
    /// The same text with its first letter in upper case, as the start of a sentence.
    var startingASentence: String { prefix(1).uppercased() + dropFirst() }
}
