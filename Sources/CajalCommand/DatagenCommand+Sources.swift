import ArgumentParser
import Cajal

extension DatagenCommand {
  /// The source of the tiles.
  private enum Source: String {
    case images = "--images"
    case download = "--download"
    case shards = "--shards"
  }

  /// The options that apply only to some sources, with these sources.
  private var partialOptions: [(name: String, isGiven: Bool, sources: [Source])] {
    let cut: [Source] = [.images, .download]
    return [
      ("--manifest", manifest != nil, [.images]),
      ("--tile-size", tileSize != nil, cut),
      ("--microns-per-pixel", micronsPerPixel != nil, [.images]),
      ("--page", page != nil, [.images]),
      ("--level", level != nil, [.images]),
      ("--region", region != nil, [.images]),
      ("--exclude-section", !excludedSections.isEmpty, cut),
      ("--evaluation-section", !evaluationSections.isEmpty, cut),
      ("--evaluation-fraction", evaluationFraction != nil, cut),
      ("--sections-by", sections.sectionsBy != nil, [.images]),
      ("--split-by", sections.splitBy != nil, cut),
      ("--seed", seed != nil, cut),
      ("--training-shards", trainingShards != nil, cut),
      ("--evaluation-shards", evaluationShards != nil, cut),
      ("--tile-format", tileFormat != nil, cut),
      ("--maximum-pixels", limits.maximumPixels != nil, cut),
      ("--white-level", whiteLevel.whiteLevel != nil, cut),
      ("--option tile_size", problemOptions.contains { $0.hasPrefix("tile_size=") }, cut),
    ]
  }

  /// Throws unless there is exactly one source and all given options apply to it.
  func checkSource() throws {
    let named: [(source: Source, isNamed: Bool)] = [
      (.images, images != nil), (.download, download.download), (.shards, shards != nil),
    ]
    let sources = named.filter(\.isNamed).map(\.source)
    guard sources.count == 1, let source = sources.first else {
      throw ValidationError(
        "name pictures with --images, or have them brought with --download, or name shards with "
          + "--shards; one of the three")
    }
    if let option = partialOptions.first(where: { $0.isGiven && !$0.sources.contains(source) }) {
      let others = option.sources.map(\.rawValue).joined(separator: " and ")
      throw ValidationError(
        "\(option.name) is for \(others); leave it out with \(source.rawValue)")
    }
    guard evaluationFraction == nil || evaluationSections.isEmpty else {
      throw ValidationError(
        "--evaluation-fraction is for sections that are drawn; leave it out with "
          + "--evaluation-section")
    }
    _ = try settings
  }

  /// The problem's options by name.
  var settings: [String: String] {
    get throws {
      var settings = try OptionTexts.parse(problemOptions)
      guard let tileSize else { return settings }
      guard settings.updateValue(String(tileSize), forKey: "tile_size") == nil else {
        throw ValidationError("--tile-size and --option tile_size say the same; give one of them")
      }
      return settings
    }
  }

  /// Throws where the folder held the data already and keeps other values of the options that are
  /// given: a data set made in the same way is reused.
  func check(
    _ settings: [String: String], of problem: any Problem, areKeptIn data: Dataset
  ) throws {
    for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
      let kept = data.summary.options[name]
      guard kept == problem.options[name] else {
        throw ValidationError(
          "--option \(name)=\(value): \(data.directory) holds these tiles already, with "
            + "\(name)=\(kept ?? ""); give the option to cajal train, or make the data again with "
            + "--overwrite")
      }
    }
  }
}
