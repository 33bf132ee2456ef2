import Cajal

/// Held-out examples with a model's predictions, as a picture and as a table.
struct PredictionPanel {
  /// The columns input, Lanczos, prediction, perhaps a sample, and target, with the PSNR below what
  /// has one.
  let image: Image
  /// The same figures as text.
  let table: String
  /// The same figures for scripts.
  let examples: [ExamplesRecord.Example]

  /// Draws examples with their predictions and, where there are some, random samples.
  init(
    _ data: Dataset, examples: some Sequence<Int>, predictions: [Image], samples: [Image]? = nil
  ) throws {
    let names = ["lanczos3", "prediction"] + (samples == nil ? [] : ["sample"])
    var panel = Panel(columns: ["input"] + names + ["target"])
    var table = TextTable(["example", "section"] + names.map { "\($0) (dB)" })
    var records: [ExamplesRecord.Example] = []
    let shape = data.problem.targetShape
    for (number, index) in examples.enumerated() {
      let example = try data.evaluationExamples[index].example()
      let (input, whole) = (example.input, example.target)
      let enlarged = input.resized(width: whole.width, height: whole.height, filter: .lanczos3)
      let drawn = ([enlarged, predictions[number]] + (samples.map { [$0[number]] } ?? []))
        .map { $0.center(of: shape) }
      let target = whole.center(of: shape)
      let ratios = drawn.map { ImageMetrics.psnr($0, target) }
      panel.addRow(
        [input] + drawn + [target],
        captions: [""] + ratios.map(Figures.decibels) + [""])
      table.add(
        ["\(index)", data.evaluationExamples[index].section]
          + ratios.map { Figures.fixed($0, 2) })
      let psnr = zip(names, ratios).map { ($0, $1.isFinite ? $1 : nil) }
      records.append(.init(index, in: data, psnr: Dictionary(uniqueKeysWithValues: psnr)))
    }
    image = panel.rendered()
    self.table = table.text
    self.examples = records
  }
}
