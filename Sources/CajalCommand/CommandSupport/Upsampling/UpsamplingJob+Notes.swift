import Cajal

// What a user should know of a picture and its enlargement.
extension UpsamplingJob {
  /// Notes before the work.
  func notesBefore(_ source: borrowing UpsamplingSource, _ enlargedWidth: Int) -> [String] {
    var notes: [String] = []
    if source.bitDepth == 16 {
      notes.append(
        "note: \(paths.input) has 16 bits a value; the run is of 8 bits, and so is the output")
    }
    if let made = run.data.micronsPerPixel, let own = source.metadata.micronsPerPixel {
      let taken = made * Double(enlargedWidth) / Double(source.width)
      if max(own / taken, taken / own) >= Self.toleratedRatio {
        notes.append(
          "warning: a pixel of \(paths.input) is \(Figures.fixed(own, 3)) µm wide, but the run was "
            + "trained to enlarge pixels of \(Figures.fixed(taken, 3)) µm; resample the picture, or "
            + "train a run at its resolution")
      }
    }
    return notes
  }

  /// The ratio of resolutions from which on a user is warned: 20 %, as files round it.
  private static let toleratedRatio = 1.2 - 1e-5

  /// Notes on the values that were read.
  func notesAfter(_ source: borrowing UpsamplingSource) -> [String] {
    var notes: [String] = []
    if source.clippedShare > 0 {
      notes.append(
        "\(Figures.fixed(100 * source.clippedShare, 1)) % of the values of \(paths.input) are "
          + "outside of the range that the model was trained for and are cut off")
    }
    if let largest = source.largestValue {
      let used = UsedRange(largestValue: largest)
      if let whiteLevel, largest > whiteLevel {
        notes.append(
          "note: the largest value of \(paths.input), \(largest), is above white, \(whiteLevel)")
      } else if whiteLevel == nil, used.isNarrow {
        notes.append(
          "note: \(paths.input) uses \(used.text); "
            + "--white-level \(used.probableWhiteLevel) takes that for white")
      }
    }
    return notes
  }
}
