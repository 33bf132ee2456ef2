extension DataSummary {
  /// Files that are separate sections although they look like parts of one, with some of them held
  /// out.
  public struct SuspectedLeak: Sendable, Hashable {
    /// The common property of the files.
    public enum Resemblance: Sendable, Hashable {
      /// They are in one folder and their names differ in numbers only; where there are several
      /// numbers, the pattern is a regular expression whose group ends with the first that differs,
      /// and that all other files match as well.
      case numbers(pattern: String?)
      /// They are in one of several folders that hold several files each.
      case folder(String)
    }

    /// The common property of the files.
    public let resemblance: Resemblance
    /// The number of files.
    public let fileCount: Int
    /// A held-out file.
    public let evaluationFile: String
    /// A training file, next to the held-out one if possible.
    public let trainingFile: String
  }

  /// Possible leaks between training and evaluation: the split was drawn by file, and files that
  /// seem to show one section are on both sides.
  ///
  /// Empty when the evaluation sections were named, and for files whose sections were given.
  public var suspectedLeaks: [SuspectedLeak] {
    guard request.evaluationSections == nil, request.split == nil else { return [] }
    let sides = Dictionary(
      sections.filter { $0.keptCount > 0 }.map { ($0.name, $0.isForEvaluation) },
      uniquingKeysWith: { left, _ in left })
    let files = request.pictures.compactMap { picture in
      picture.name == picture.section
        ? sides[picture.section].map { File(name: picture.name, isForEvaluation: $0) } : nil
    }
    let pattern = patternOfAll
    let byNumbers = leaks(among: files, by: \.skeleton) { files in
      .numbers(pattern: Self.pattern(of: files.map(\.file)).map { pattern ?? "(\($0))" })
    }
    let folders = Dictionary(grouping: files, by: \.folder)
    guard folders.values.count(where: { $0.count > 1 }) > 1 else { return byNumbers }
    let found = Set(byNumbers.map(\.evaluationFile))
    return byNumbers
      + leaks(among: files, by: \.folder) { .folder($0[0].folder) }
      .filter { !found.contains($0.evaluationFile) }
  }

  private struct File {
    let name: String
    let isForEvaluation: Bool

    /// The name within the folder.
    var file: Substring { name.split(separator: "/").last ?? "" }
    var folder: String { name.lastIndex(of: "/").map { String(name[..<$0]) } ?? "." }
    /// The folder, and the name in it with one sign for each number, which no name has itself.
    var skeleton: String { folder + "/" + file.replacing(/[0-9]+/, with: "/") }
  }

  /// A pattern of the text up to the first number that differs among names of one skeleton, unless
  /// that is their last: what it counts is probably the section, and later numbers its parts.
  private static func pattern(of files: [Substring]) -> String? {
    let numbers = files.map { $0.matches(of: /[0-9]+/) }
    guard let count = numbers.first?.count, count > 1 else { return nil }
    let differing = (0..<count).first { place in
      Set(numbers.map { String($0[place].output) }).count > 1
    }
    guard let differing, differing < count - 1 else { return nil }
    return expression(files[0][..<numbers[0][differing].range.upperBound])
  }

  /// A regular expression of a text with any numbers.
  private static func expression(_ text: Substring) -> String {
    String(text).replacing(/[^\p{L}\p{N}_ -]/) { "\\" + $0.output }
      .replacing(/[0-9]+/, with: "\\d+")
  }

  /// The maximum number of name patterns that are combined into one.
  private static let alternativeLimit = 8

  /// A pattern that every file matches: those whose names have a part before other numbers by that
  /// part, others by their whole names, each for itself.
  private var patternOfAll: String? {
    let files = request.pictures.map { File(name: $0.name, isForEvaluation: false) }
    let groups = Dictionary(grouping: files, by: \.skeleton).sorted { $0.key < $1.key }
    guard groups.count <= Self.alternativeLimit else { return nil }
    let alternatives = groups.map { _, files in
      Self.pattern(of: files.map(\.file)) ?? Self.expression(files[0].file)
    }
    let distinct = alternatives.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return "(" + distinct.joined(separator: "|") + ")"
  }

  private func leaks(
    among files: [File], by key: (File) -> String,
    _ resemblance: ([File]) -> SuspectedLeak.Resemblance
  ) -> [SuspectedLeak] {
    Dictionary(grouping: files, by: key).sorted { $0.key < $1.key }.compactMap { _, files in
      guard let place = files.firstIndex(where: \.isForEvaluation) else { return nil }
      let before = files[..<place].last, after = files[place...].first { !$0.isForEvaluation }
      guard let training = before ?? after else { return nil }
      return SuspectedLeak(
        resemblance: resemblance(files), fileCount: files.count,
        evaluationFile: files[place].name, trainingFile: training.name)
    }
  }
}

extension DataSummary.SuspectedLeak: CustomStringConvertible {
  /// The files and what they have in common.
  public var description: String {
    let what =
      switch resemblance {
      case .numbers: "the names of \(fileCount) files differ in numbers only"
      case .folder(let folder): "\(folder) holds \(fileCount) files"
      }
    return
      "\(evaluationFile) is held out and \(trainingFile) trains, but \(what): they may show one "
      + "section"
  }
}

extension DataSummary {
  /// The names of pictures whose files have equal bytes, those of each picture together.
  public var copies: [[String]] {
    struct Bytes: Hashable {
      var byteCount: Int
      var checksum: UInt32
    }
    let names = Dictionary(grouping: request.pictures.filter { $0.byteCount > 0 }) {
      Bytes(byteCount: $0.byteCount, checksum: $0.checksum)
    }.values.map { pictures in
      pictures.map(\.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    }
    return names.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }
}
