public import CajalImages

/// Why a problem or its data cannot be had, as one line that names the culprit and the way out.
public enum ProblemError: Error, Sendable, Hashable {
  /// No problem has this name.
  case unknownProblem(String, nearest: String?, known: [String])
  /// The problem has no option of this name.
  case unknownOption(String, problem: String, nearest: String?, known: [String])
  /// The value does not fit the option.
  case invalidOption(String, value: String, expected: String)
  /// The tiles of a data set are too small for, or otherwise do not fit, what the problem makes of them.
  case unfitTiles(directory: String, reason: String)
  /// The folder holds no picture that can be read.
  case noPictures(folder: String)
  /// A picture, or the list of pictures, cannot be used.
  case unusablePicture(file: String, reason: String)
  /// The 16-bit pictures use a small part of their range, so that tiles of 8 bits would be dark.
  case narrowValues(source: String, pictureCount: Int, usedRange: UsedRange)
  /// No tile was left to store.
  case noTiles(source: String, reason: String)
  /// The sections cannot be split as asked.
  case unsplittable(reason: String)
  /// The data cannot be stored there.
  case unusableDirectory(String, reason: String)
  /// The directory does not hold a whole set of shards of another program.
  case unusableShards(String, reason: String)
  /// A stored data set is damaged.
  case brokenData(file: String, offset: Int?, reason: String)
  /// The problem made an example of other shapes than it says.
  case unfitExample(problem: String, reason: String)
}

extension ProblemError: CustomStringConvertible {
  /// One line: what is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .unknownProblem(let name, let nearest, let known):
      "there is no problem \(name)" + hint(nearest, known)
    case .unknownOption(let name, let problem, let nearest, let known):
      "problem \(problem) has no option \(name)" + hint(nearest, known)
    case .invalidOption(let name, let value, let expected):
      "option \(name) cannot be \(value.isEmpty ? "empty" : value): it is \(expected)"
    case .unfitTiles(let directory, let reason): "cannot use the tiles in \(directory): \(reason)"
    case .noPictures(let folder):
      "\(folder) holds no picture: put .png, .jpg or .jpeg files there"
    case .unusablePicture(let file, let reason): "cannot use \(file): \(reason)"
    case .narrowValues(let source, let count, let range):
      "the \(count == 1 ? "16-bit picture" : "\(count) 16-bit pictures") of \(source) "
        + "\(count == 1 ? "uses" : "use") only \(range.bits) of 16 bits (the largest value is "
        + "\(range.largestValue)) and would be dark; say which value is white"
    case .noTiles(let source, let reason): "no tile came out of \(source): \(reason)"
    case .unsplittable(let reason): "cannot split the sections: \(reason)"
    case .unusableDirectory(let path, let reason): "cannot store data in \(path): \(reason)"
    case .unusableShards(let path, let reason): "cannot use the shards in \(path): \(reason)"
    case .brokenData(let file, let offset, let reason):
      "\(file) is damaged" + (offset.map { " at byte \($0)" } ?? "") + ": \(reason)"
    case .unfitExample(let problem, let reason):
      "problem \(problem) made a wrong example: \(reason)"
    }
  }

  private func hint(_ nearest: String?, _ known: [String]) -> String {
    if let nearest { return "; did you mean \(nearest)?" }
    return known.isEmpty ? "; it has none" : "; there are " + known.joined(separator: ", ")
  }
}
