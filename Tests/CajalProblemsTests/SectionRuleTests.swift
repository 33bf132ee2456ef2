import CajalSupport
import CajalImages
import CajalProblems
import Foundation
import Testing

/// Files that show parts of one section.
@Suite struct SectionRuleTests {
  private static let tiles = ["1_4", "1_5", "2_4", "2_5", "3_4", "3_5"].map { "sect\($0).png" }

  private func withPictures(
    _ names: [String] = tiles, _ body: (_ folder: String) throws -> Void
  ) throws {
    try withTemporaryDirectory { directory in
      for (index, name) in names.enumerated() {
        let path = directory + "/in/" + name
        try Files.createDirectory(String(path[..<path.lastIndex(of: "/")!]))
        try noise(UInt64(index)).write(to: path)
      }
      try body(directory + "/in")
    }
  }

  private func summary(
    _ folder: String, _ rule: SectionRule = .file, manifest: String? = nil,
    _ options: DataOptions = DataOptions(evaluationFraction: 0.4, existing: .replace)
  ) throws -> DataSummary {
    try tinyProblem.generateData(
      from: .images(in: folder, manifest: manifest, sectionsBy: rule), to: folder + "/../data",
      options: options
    ).summary
  }

  @Test func aPatternNamesTheSection() throws {
    try withPictures { folder in
      let data = try summary(folder, .pattern(#"(sect\d+)_"#))
      #expect(data.sections.map(\.name) == ["sect1", "sect2", "sect3"])
      #expect(data.sections.map(\.pictureCount) == [2, 2, 2])
      #expect(data.sections.count(where: \.isForEvaluation) == 1)
      #expect(data.suspectedLeaks.isEmpty)
      let held = try summary(
        folder, .pattern(#"(sect\d+)_"#),
        DataOptions(evaluationSections: ["sect2"], existing: .replace))
      #expect(held.sections.filter(\.isForEvaluation).map(\.name) == ["sect2"])
    }
  }

  @Test func filesThatDoNotMatchAreNamed() throws {
    try withPictures { folder in
      func text(_ pattern: String) -> String? {
        errorText { try summary(folder, .pattern(pattern)) }?
          .replacing("cannot tell sections by the pattern \(pattern): ", with: "")
      }
      #expect(
        text("(sect[12])_")
          == "2 of 6 files do not match it: sect3_4.png, sect3_5.png")
      #expect(
        text("()x?")?.hasPrefix("6 of 6 files do not match it: sect1_4.png, ") == true
          && text("()x?")?.hasSuffix("sect3_4.png and 1 more") == true)
      #expect(
        text("sect.") == "it has no group; put the part that names the section in parentheses")
      #expect(text("(sect") == "it is not a regular expression")
      #expect(!Files.exists(folder + "/../data"))
    }
  }

  @Test func foldersAreSections() throws {
    try withPictures(["x/1.png", "x/2.png", "y/z/1.png", "top.png"]) { folder in
      let data = try summary(folder, .folder)
      #expect(data.sections.map(\.name) == [".", "x", "y/z"])
      // In a list the rule has the sections of items without one.
      let items =
        #"{"items": [{"file": "x/1.png"}, {"file": "x/2.png", "section": "s"}, "#
        + #"{"file": "top.png"}]}"#
      try Files.writeAtomically(to: folder + "/m.json", Array(items.utf8))
      let listed = try summary(folder, .folder, manifest: "m.json")
      #expect(listed.sections.map(\.name) == [".", "s", "x"])
    }
  }

  @Test func spellings() {
    #expect(SectionRule("file") == .file && SectionRule("folder") == .folder)
    #expect(SectionRule("(a+)") == .pattern("(a+)") && "\(SectionRule("(a+)"))" == "(a+)")
  }

  @Test func numberedFilesOnBothSidesAreNamed() throws {
    try withPictures { folder in
      let drawn = try summary(folder)
      let leak = try #require(drawn.suspectedLeaks.first)
      #expect(drawn.suspectedLeaks.count == 1)
      #expect(leak.resemblance == .numbers(pattern: #"(sect\d+)"#) && leak.fileCount == 6)
      let held = drawn.sections.filter(\.isForEvaluation).map(\.name)
      #expect(held.contains(leak.evaluationFile) && !held.contains(leak.trainingFile))
      #expect(
        leak.description
          == "\(leak.evaluationFile) is held out and \(leak.trainingFile) trains, but the names of "
          + "6 files differ in numbers only: they may show one section")
      // No warning if sections are named, or if all are for training.
      for options in [
        DataOptions(evaluationSections: ["sect1*"], existing: .replace),
        DataOptions(evaluationFraction: 0, existing: .replace),
      ] {
        let leaks = try summary(folder, .file, options).suspectedLeaks
        #expect(leaks.isEmpty)
      }
    }
    try withPictures(["a.png", "b.png", "c1.png"]) { folder in
      let leaks = try summary(folder).suspectedLeaks
      #expect(leaks.isEmpty)
    }
  }

  @Test func foldersOnBothSidesAreNamed() throws {
    try withPictures(["x/a.png", "x/b.png", "y/c.png", "y/d.png", "y/e.png"]) { folder in
      let options = DataOptions(evaluationFraction: 0.2, existing: .replace)
      let leaks = try summary(folder, .file, options).suspectedLeaks
      let leak = try #require(leaks.first)
      #expect(leaks.count == 1)
      let side = String(leak.evaluationFile.prefix(1))
      #expect(leak.resemblance == .folder(side) && leak.trainingFile.hasPrefix(side + "/"))
      #expect(leak.description.contains("\(side) holds \(side == "x" ? 2 : 3) files"))
      #expect(try summary(folder, .folder, options).suspectedLeaks.isEmpty)
    }
  }

  /// However large the share, something is left to train on.
  @Test func oneOfSeveralSectionsTrains() throws {
    try withPictures { folder in
      let data = try summary(
        folder, .file, DataOptions(evaluationFraction: 0.99, existing: .replace))
      #expect(data.sections.count { !$0.isForEvaluation } == 1)
    }
  }
}

/// What a warning proposes.
@Suite struct SuspectedPatternTests {
  private func pattern(_ names: [String]) throws -> String? {
    try withTemporaryDirectory { folder in
      let pictures = names.enumerated().map { index, name in
        Picture(name: name) { noise(UInt64(index)) }
      }
      // Some draw has files of a series on both sides.
      for seed in 0..<8 as Range<UInt64> {
        let leaks = try tinyProblem.generateData(
          from: .pictures(pictures), to: folder + "/\(seed)",
          options: DataOptions(evaluationFraction: 0.5, seed: seed)
        ).summary.suspectedLeaks
        if case .numbers(let pattern)? = leaks.first?.resemblance { return pattern }
      }
      return "none"
    }
  }

  @Test func theFirstNumberThatDiffersCountsSections() throws {
    #expect(try pattern(["s1_1.png", "s1_2.png", "s2_1.png"]) == #"(s\d+)"#)
    #expect(
      try pattern(["2024-05 m.1(1).png", "2024-05 m.2(1).png"]) == #"(\d+-\d+ m\.\d+)"#)
    #expect(try pattern(["s1_1.png", "s1_2.png"]) == nil)
    #expect(
      try pattern(["s1_1.png", "s1_2.png", "s2_1.png", "t1.png", "u+.png"])
        == #"(s\d+|t\d+\.png|u\+\.png)"#)
    #expect(try pattern(["s1.png", "s2.png"]) == nil)
    // In folders of their own they are no parts of one.
    #expect(try pattern(["m1/s.png", "m2/s.png"]) == "none")
  }
}
