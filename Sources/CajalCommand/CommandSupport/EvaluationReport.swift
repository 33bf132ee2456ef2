import Cajal

/// An evaluation as text.
enum EvaluationReport {
  /// The figures in words and a table; `problem` is that of the examples, where it is not the
  /// run's.
  static func text(
    _ evaluation: Evaluation, of run: OpenedRun, on problem: String? = nil, decoding: String
  ) -> String {
    """
    \(run.path), step \(run.step)
    \(Figures.fixed(evaluation.nats, 4)) nats, \(Figures.fixed(evaluation.bits, 4)) bits per \
    sub-pixel (\(evaluation.lossExamples) held-out examples)

    \(table(evaluation, decoding: decoding).text)
    (\(evaluation.examples) held-out examples\(kind(of: evaluation, problem)), decoded in \
    \(milliseconds(evaluation)) ms each)

    \(([gain(evaluation.gainOverLanczos)] + coverage(evaluation)).joined(separator: "\n"))
    """
  }

  /// What the examples are, where that is not the usual.
  private static func kind(of evaluation: Evaluation, _ problem: String?) -> String {
    (problem.map { " of \($0)" } ?? "")
      + (evaluation.context == 0
        ? "" : ", with \(evaluation.context) input pixels of context on each side")
  }

  private static func milliseconds(_ evaluation: Evaluation) -> String {
    let each = evaluation.decodingTime / evaluation.examples / .milliseconds(1)
    return Figures.fixed(each, each < 10 ? 2 : 0)
  }

  private static func table(_ evaluation: Evaluation, decoding: String) -> TextTable {
    var table = TextTable([
      "method", "PSNR (dB)", "mean PSNR", "SSIM", "SWD", "LSD (dB)", "inputs", "exact",
    ])
    for method in evaluation.methods {
      table.add(
        [
          method.name == "model" ? "model (\(decoding))" : method.name,
          method.psnr.map { Figures.fixed($0, 2) } ?? "inf", Figures.fixed(method.meanPSNR, 2),
          method.ssim.map { Figures.fixed($0, 4) } ?? "-",
        ] + distances(method.distances) + [
          method.reproducedShare.map { Figures.percent($0) } ?? "-", "\(method.exactCount)",
        ])
    }
    if let others = evaluation.otherTargets {
      table.add(["other targets", "-", "-", "-"] + distances(others) + ["-", "-"])
    }
    return table
  }

  private static func distances(_ distances: Evaluation.SetDistances) -> [String] {
    [distances.slicedWasserstein, distances.logSpectral].map { distance in
      distance.map { Figures.fixed($0, 2) } ?? "-"
    }
  }

  private static func gain(_ gain: Evaluation.Gain) -> String {
    "Lanczos \(Figures.signed(gain.psnr, 2)) dB"
      + (gain.ssim.map { ", SSIM \(Figures.signed($0, 4))" } ?? "")
  }

  private static func coverage(_ evaluation: Evaluation) -> [String] {
    guard !evaluation.coverage.isEmpty else { return [] }
    let shares = evaluation.coverage.map {
      "\(Figures.percent($0.share, 1)) in those of \(Figures.percent($0.probability))"
    }
    return ["target values in credible intervals: " + shares.joined(separator: ", ")]
  }
}
