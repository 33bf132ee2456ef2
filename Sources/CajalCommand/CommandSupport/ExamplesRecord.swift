import Cajal

/// A panel of examples as JSON: where it is and what it shows.
struct ExamplesRecord: Encodable {
  /// An example of the panel.
  struct Example: Encodable {
    /// The number of the example, and for a held-out one the place it was cut from.
    let index: Int
    let section: String?
    let column: Int?, row: Int?
    /// Decibels of each picture that is compared with the target; null for an exact one.
    let psnr: [String: Double?]?
  }

  let output: String
  let examples: [Example]
  /// The run, its step and the decoding, of predictions.
  var run: String?
  var step: Int?
  var decoding: String?
}

extension ExamplesRecord.Example {
  /// A training example.
  init(training index: Int) {
    self.init(index: index, section: nil, column: nil, row: nil, psnr: nil)
  }

  /// A held-out example, perhaps with the ratios of pictures.
  init(_ index: Int, in data: Dataset, psnr: [String: Double?]? = nil) {
    let example = data.evaluationExamples[index]
    self.init(
      index: index, section: example.section, column: example.position.x, row: example.position.y,
      psnr: psnr)
  }
}
