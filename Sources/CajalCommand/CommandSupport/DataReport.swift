import Cajal
import CajalSupport

/// A report on a data set, as text and a table.
enum DataReport {
  /// The text that datagen ends with.
  static func text(_ data: Dataset, contactSheet: String? = nil) -> String {
    let summary = data.summary
    var rows = [
      ("sections", "\(summary.sections.count)"),
      ("pictures", "\(summary.sections.reduce(0) { $0 + $1.pictureCount })"),
      ("tiles", "\(summary.sections.reduce(0) { $0 + $1.tileCount }) of \(tileSize(summary))"),
      ("dropped as background", "\(summary.droppedTileCount)"),
      ("training tiles", "\(summary.trainingTileCount)"),
      ("held-out tiles", "\(summary.evaluationTileCount)"),
      ("held-out examples", "\(data.evaluationExamples.count)"),
      heldOut(summary),
      ("mean", numbers(summary.mean)),
      ("standard deviation", numbers(summary.standardDeviation)),
      ("range", ranges(summary.range)),
      ("stains", stains(summary)),
      ("size", size(summary.byteCount)),
    ]
    if let deep = summary.deepPictures {
      rows.append(("16-bit pictures", text(deep, whiteLevel: summary.request.whiteLevel)))
    }
    rows += resolutions(summary)
    for (set, kept, cut) in sets(summary) {
      rows.append(("kept of \(set)", "\(kept) of \(cut)"))
    }
    if let contactSheet { rows.append(("contact sheet", contactSheet)) }
    let width = rows.reduce(0) { max($0, $1.0.count) }
    var lines = [data.directory]
    for (name, value) in rows {
      lines.append("  " + name.padded(to: width) + "  " + value)
    }
    if let copies = copies(summary) { lines.append(copies) }
    for leftOut in summary.leftOut { lines.append("left out: \(leftOut)") }
    for skip in summary.skipped { lines.append("skipped \(skip.picture): \(skip.reason)") }
    if let broken = brokenRecords(data) { lines.append(broken) }
    return lines.joined(separator: "\n")
  }

  /// The held-out sections, or parts of pictures with the number of unused tiles around them.
  private static func heldOut(_ summary: DataSummary) -> (String, String) {
    guard summary.areas.isEmpty else {
      let dropped = summary.areas.reduce(0) { $0 + $1.droppedTileCount }
      let shown = summary.areas.prefix(8).map { "\($0.picture) from row \($0.evaluationStart)" }
      let more = summary.areas.count - shown.count
      return (
        "held-out areas",
        shown.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
          + "; \(dropped) tiles around them unused"
      )
    }
    let held = summary.sections.filter(\.isForEvaluation).map(\.name)
    return ("held-out sections", held.isEmpty ? "none" : held.joined(separator: ", "))
  }

  /// The duplicate pictures, or `nil` if none.
  private static func copies(_ summary: DataSummary) -> String? {
    let copies = summary.copies
    guard !copies.isEmpty else { return nil }
    let shown = copies.prefix(5).map { $0.prefix(5).joined(separator: " = ") }
    let more = copies.count > 5 ? " and \(copies.count - 5) more" : ""
    return "copies, each in the section of the other: \(shown.joined(separator: ", "))\(more)"
  }

  /// The conversion of 16-bit pictures to 8 bits.
  private static func text(_ deep: DataSummary.DeepPictures, whiteLevel: Int?) -> String {
    let largest = deep.usedRange.largestValue
    var text = "\(deep.count), largest value \(largest), white at \(whiteLevel ?? 65535)"
    if let whiteLevel, largest > whiteLevel { text += "; larger values became 255" }
    if whiteLevel == nil, deep.narrowCount > 0 {
      text += "; \(deep.narrowCount) of them use 14 bits or less and may be dark (--white-level)"
    }
    return text
  }

  /// What became of the pictures of each resolution, where that was asked for.
  private static func resolutions(_ summary: DataSummary) -> [(String, String)] {
    guard let wanted = summary.request.micronsPerPixel else {
      return summary.tileResolution.map { [("resolution", "\(text($0)) µm per pixel")] } ?? []
    }
    return (summary.resolutions ?? []).map { resolution in
      let pictures =
        "\(resolution.pictureCount) "
        + (resolution.pictureCount == 1 ? "picture" : "pictures")
      guard let microns = resolution.micronsPerPixel else {
        return ("unknown resolution", "\(pictures), as they are")
      }
      let name = "\(text(microns)) µm per pixel"
      if let factor = resolution.factor {
        return (name, "\(pictures), averaged to \(text(microns * factor))")
      }
      if resolution.reduction > 1 {
        let blocks = "\(resolution.reduction)×\(resolution.reduction)"
        let made = Figures.fixed(microns * Double(resolution.reduction), 2)
        return (name, "\(pictures), averaged in blocks of \(blocks) to \(made)")
      }
      let coarseness = microns / wanted
      return (
        name,
        "\(pictures), as they are"
          + (coarseness < 1.5 ? "" : ", \(Figures.fixed(coarseness, 1)) times as coarse")
      )
    }
  }

  /// A resolution with at most four decimals.
  private static func text(_ microns: Double) -> String { "\((microns * 1e4).rounded() / 1e4)" }

  /// The tiles kept and cut of each set of the manifest.
  private static func sets(_ summary: DataSummary) -> [(name: String, kept: Int, cut: Int)] {
    let names = Set(summary.sections.compactMap(\.set)).sorted()
    return names.map { name in
      let sections = summary.sections.filter { $0.set == name }
      let kept = sections.reduce(0) { $0 + $1.keptCount }
      return (name, kept, sections.reduce(0) { $0 + $1.tileCount })
    }
  }

  /// The number of skipped records, with the first of them, or `nil` if none.
  static func brokenRecords(_ data: Dataset) -> String? {
    guard let first = data.brokenRecords.first else { return nil }
    let count = data.brokenRecords.count
    return "skipped \(count) broken \(count == 1 ? "record" : "records"), the first: \(first)"
  }

  /// A warning if the problem's normalization clips values of tiles, else `nil`.
  static func clippedValues(_ data: Dataset) -> String? {
    guard let kept = data.problem.normalization?.keptRange, let range = data.summary.range,
      kept.count == range.count,
      zip(kept, range).contains(where: { $0.clamped(to: $1) != $1 })
    else { return nil }
    return "the normalization cuts off what is outside of \(ranges(kept)); the values of "
      + "\(data.directory) are from \(ranges(range))"
  }

  private static func tileSize(_ summary: DataSummary) -> String {
    "\(summary.request.tileSize)×\(summary.request.tileSize)"
  }

  private static func numbers(_ values: [Double]) -> String {
    values.map { Figures.fixed($0, 2) }.joined(separator: ", ")
  }

  private static func ranges(_ ranges: [ClosedRange<UInt8>]?) -> String {
    ranges?.map { "\($0.lowerBound) to \($0.upperBound)" }.joined(separator: ", ") ?? "-"
  }

  private static func stains(_ summary: DataSummary) -> String {
    if let stains = summary.stains { return stains.densities.map(numbers).joined(separator: "; ") }
    return summary.stainFailure.map { "none: \($0)" } ?? "-"
  }

  private static func size(_ bytes: Int) -> String {
    bytes < 10_000_000 ? "\(bytes / 1000) kB" : "\(bytes / 1_000_000) MB"
  }
}
