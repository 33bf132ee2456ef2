import CajalSupport
public import CajalImages

/// Errors from problems and data sets; each description is one line with the cause and a remedy.
public enum ProblemError: Error, Sendable, Hashable {
  /// No problem has this name.
  case unknownProblem(String, nearest: String?, known: [String])
  /// The problem has no option of this name.
  case unknownOption(String, problem: String, nearest: String?, known: [String])
  /// The value does not fit the option.
  case invalidOption(String, value: String, expected: String)
  /// The option decides what is stored, and the data set was stored with another value.
  case storedOption(String, value: String, stored: String, directory: String)
  /// The sizes in a problem's name do not fit each other.
  case unfitSizes(problem: String, reason: String)
  /// The tiles of a data set are too small or otherwise unsuitable for the problem.
  case unfitTiles(directory: String, reason: String)
  /// The folder holds no picture that can be read.
  case noPictures(folder: String, leftOut: [DataSummary.LeftOut] = [])
  /// The folder holds output of this library rather than pictures.
  case folderOfResults(String, kind: String)
  /// A picture, or the list of pictures, cannot be used.
  case unusablePicture(file: String, reason: String)
  /// The 16-bit pictures use a small part of their range, so that tiles of 8 bits would be dark.
  case narrowValues(source: String, pictureCount: Int, usedRange: UsedRange)
  /// The pictures were to have one resolution, and that of none is known.
  case noResolutions(source: String)
  /// No tile was left to store.
  case noTiles(source: String, reason: String)
  /// The pictures are smaller than a tile; tiles of the given size would fit.
  case tilesTooLarge(source: String, reason: String, largestFit: Int)
  /// The pattern does not say which sections files show.
  case unusablePattern(String, reason: String)
  /// There are tiles of one section alone, and one has to be held out.
  case singleSection(String)
  /// The sections cannot be split as asked.
  case unsplittable(reason: String)
  /// The data cannot be stored there.
  case unusableDirectory(String, reason: String)
  /// The directory does not hold a whole set of shards of another program.
  case unusableShards(String, reason: String)
  /// A stored data set is damaged.
  case brokenData(file: String, offset: Int?, reason: String)
  /// The training pixels do not show the two stains that the problem needs, with the reason if
  /// known.
  case noStains(StainSeparation.Failure?)
  /// The problem's normalization is for pictures of other channels than its own.
  case unfitNormalization(problem: String, channels: Int, expected: Int)
  /// The shards in the directory are a data set already.
  case alreadyDescribed(String)
  /// The directory for a new data set holds one already.
  case occupiedDirectory(String)
  /// The directory holds data that were made differently.
  case otherData(String, difference: String)
  /// The description of shards cannot be written beside them.
  case unwritableShards(String, reason: String)
  /// A shard has an unsupported compression.
  case packedShard(file: String, format: String)
  /// The problem has no examples with context.
  case noContext(problem: String)
  /// The problem made an example whose shapes differ from the declared ones.
  case unfitExample(problem: String, reason: String)
}

extension ProblemError: CustomStringConvertible {
  /// One line: what is wrong, where, and what to do.
  public var description: String { RawName.shown(text) }

  private var text: String {
    switch self {
    case .unknownProblem(let name, let nearest, let known):
      "there is no problem \(name)" + hint(nearest, known)
    case .unknownOption(let name, let problem, let nearest, let known):
      "problem \(problem) has no option \(name)" + hint(nearest, known)
    case .invalidOption(let name, let value, let expected):
      "option \(name) cannot be \(value.isEmpty ? "empty" : value): it is \(expected)"
    case .storedOption(let name, let value, let stored, let directory):
      "option \(name) cannot be \(value): the tiles in \(directory) were stored with \(stored); "
        + "leave it out or make other data"
    case .unfitSizes(let problem, let reason): "there is no problem \(problem): \(reason)"
    case .unfitTiles(let directory, let reason): "cannot use the tiles in \(directory): \(reason)"
    case .noPictures(let folder, let leftOut) where leftOut.contains { $0.kind != .hidden }:
      "\(folder) holds no picture that can be used, but "
        + leftOut.map(\.description).joined(separator: ", ")
    case .noPictures(let folder, _):
      "\(folder) holds no picture: put .png, .jpg or .tif files there"
    case .folderOfResults(let folder, let kind):
      "\(folder) is \(kind) and not a folder of pictures; name the folder of the pictures "
        + "themselves"
    case .unusablePicture(let file, let reason): "cannot use \(file): \(reason)"
    case .narrowValues(let source, let count, let range):
      "the \(count == 1 ? "16-bit picture" : "\(count) 16-bit pictures") of \(source) "
        + "\(count == 1 ? "uses" : "use") only \(range.bits) of 16 bits (the largest value is "
        + "\(range.largestValue)) and would be dark; say which value is white"
    case .noResolutions(let source):
      "cannot bring \(source) to a resolution: how many micrometers a pixel is must be known of some "
        + "pictures; give a manifest with um_per_px"
    case .noTiles(let source, let reason): "no tile came out of \(source): \(reason)"
    case .tilesTooLarge(let source, let reason, let size):
      "no tile came out of \(source): \(reason); tiles of \(size) x \(size) would fit"
    case .unusablePattern(let pattern, let reason):
      "cannot tell sections by the pattern \(pattern): \(reason)"
    case .singleSection(let name):
      "cannot split the sections: there is only one with tiles (\(name)) and none would be left to "
        + "train on; add pictures of another section, split it by area, or train without evaluation"
    case .unsplittable(let reason): "cannot split the sections: \(reason)"
    case .unusableDirectory(let path, let reason): "cannot store data in \(path): \(reason)"
    case .unusableShards(let path, let reason): "cannot use the shards in \(path): \(reason)"
    case .brokenData(let file, let offset, let reason):
      "\(file) is damaged" + (offset.map { " at byte \($0)" } ?? "") + ": \(reason)"
    case .noStains(let failure):
      "option color_space cannot be stain for these data: "
        + (failure.map { "\($0)" } ?? "the pixels do not show two dyes")
        + (failure == .darkField
          ? "; use color_space=rgb or color_space=grey"
          : "; use color_space=grey, which holds what one dye has")
    case .unfitNormalization(let problem, let channels, let expected):
      "the normalization of problem \(problem) is for pictures of \(channels) "
        + (channels == 1 ? "channel" : "channels")
        + " and its pictures have \(expected): give one mean and one standard deviation for each"
    case .alreadyDescribed(let path):
      "cannot use the shards in \(path): it is a data set already; remove its "
        + "\(DataSummary.fileName) first"
    case .otherData(let path, let difference):
      "cannot store data in \(path): it holds data made \(difference); name another directory"
    case .occupiedDirectory(let path):
      "cannot store data in \(path): it holds a data set already; name another directory"
    case .unwritableShards(let path, let reason):
      "cannot describe the shards in \(path) beside them: \(reason)"
    case .packedShard(let file, let format):
      "\(file) is compressed as \(format): unpack it first; GZIP and ZLIB are read as they are"
    case .noContext(let problem):
      "problem \(problem) has no inputs with context: only up-sampling by a whole number and the "
        + "identity have"
    case .unfitExample(let problem, let reason):
      "problem \(problem) made a wrong example: \(reason)"
    }
  }

  private func hint(_ nearest: String?, _ known: [String]) -> String {
    if let nearest { return "; did you mean \(nearest)?" }
    return known.isEmpty ? "; it has none" : "; there are " + known.joined(separator: ", ")
  }
}
