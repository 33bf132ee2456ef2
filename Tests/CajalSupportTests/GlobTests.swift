import CajalSupport
import Testing

@Suite struct GlobTests {
  @Test(arguments: [
    ("*", ""), ("*", "a/b"), ("a*c", "abbc"), ("a*b*c", "a-b-b-c"), ("?", "x"), ("a?c", "abc"),
    ("[ab]", "b"), ("[a-c]x", "cx"), ("[!a-c]", "d"), ("[^a]", "b"), ("[]a]", "]"), ("[a-]", "-"),
    ("[a", "[a"), ("\\*", "*"), ("[\\]]", "]"), ("sect?_*.png", "sect1_tile10_5.png"),
    ("a\\", "a\\"),
    // A character is a grapheme cluster, in any composition.
    ("Schnitt_?", "Schnitt_ä"), ("Schnitt_?", "Schnitt_a\u{308}"),
    ("Schnitt_\u{E4}", "Schnitt_a\u{308}"),
    ("[ä-ü]", "o\u{308}"), ("?", "👩‍🔬"),
  ])
  func fits(pattern: String, text: String) {
    #expect(Glob(pattern).matches(text))
  }

  @Test(arguments: [
    ("", "a"), ("a", ""), ("?", ""), ("?", "ab"), ("a*c", "abd"), ("[ab]", "c"), ("[!ab]", "a"),
    ("[ab]", ""), ("\\*", "x"), ("*a", "b"), ("a*b*c", "a-c-b"), ("Schnitt_a", "Schnitt_ä"),
  ])
  func doesNotFit(pattern: String, text: String) {
    #expect(!Glob(pattern).matches(text))
  }

  /// Each `*` is tried with more characters only as long as those before it stay: not one by one
  /// for all of them.
  @Test(.timeLimit(.minutes(1))) func manyStarsEnd() {
    let pattern = String(repeating: "a*", count: 30) + "b"
    #expect(!Glob(pattern).matches(String(repeating: "a", count: 2000)))
  }
}
