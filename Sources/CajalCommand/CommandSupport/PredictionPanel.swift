import Cajal

/// Held-out examples with a model's predictions, as a picture and as a table.
struct PredictionPanel {
  /// The columns input, Lanczos, prediction and target, with the PSNR below what has one.
  let image: Image
  /// The same figures as text.
  let table: String

  init(_ data: Dataset, examples: Range<Int>, predictions: [Image]) throws {
    let pairs = try data.evaluationExamples[examples].map { try $0.example() }
    var panel = Panel(columns: ["input", "lanczos3", "prediction", "target"])
    var table = TextTable(["example", "section", "lanczos3 (dB)", "prediction (dB)"])
    for (index, (pair, prediction)) in zip(examples, zip(pairs, predictions)) {
      let (input, target) = (pair.input, pair.target)
      let enlarged = input.resized(
        width: target.width, height: target.height, filter: .lanczos3)
      let ratios = [enlarged, prediction].map { ImageMetrics.psnr($0, target) }
      panel.addRow(
        [input, enlarged, prediction, target],
        captions: [""] + ratios.map(Figures.decibels) + [""])
      table.add(
        ["\(index)", data.evaluationExamples[index].section]
          + ratios.map { Figures.fixed($0, 2) })
    }
    image = panel.rendered()
    self.table = table.text
  }
}
