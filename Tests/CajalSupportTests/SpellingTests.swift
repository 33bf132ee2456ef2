import CajalSupport
import Testing

@Suite struct SpellingTests {
  @Test func spelling() {
    #expect(Spelling.nearest(to: "Tisue", in: ["channels", "tissue"]) == "tissue")
    #expect(Spelling.nearest(to: "abc", in: ["xyz"]) == nil)
    #expect(Spelling.nearest(to: "", in: []) == nil)
    #expect(Spelling.nearest(to: "ab", in: ["ba"]) == nil)
  }

  @Test(arguments: [("", "", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2)])
  func distance(left: String, right: String, expected: Int) {
    #expect(Spelling.distance(left, right) == expected)
    #expect(Spelling.distance(right, left) == expected)
  }
}

@Suite struct SpellingExchangeTests {
  @Test func neighborsThatHaveChangedPlacesAreOneError() {
    #expect(Spelling.nearest(to: "trian", in: ["demo", "train"]) == "train")
    #expect(Spelling.nearest(to: "ifno", in: ["demo", "info"]) == "info")
    #expect(Spelling.nearest(to: "tarni", in: ["train"]) == nil)
  }
}
