extension Evaluation: CustomStringConvertible, CustomReflectable {
  /// The figures: the loss, and a line for each method.
  public var description: String {
    let lines = methods.map { method in
      "  \(method.name): " + (method.psnr.map { "\($0) dB" } ?? "exact")
        + (method.ssim.map { ", SSIM \($0)" } ?? "")
    }
    return (["\(nats) nats per sub-pixel, \(examples) examples"] + lines).joined(separator: "\n")
  }

  /// The figures, without the pictures.
  public var customMirror: Mirror {
    Mirror(
      self,
      children: [
        "examples": examples, "lossExamples": lossExamples, "nats": nats, "methods": methods,
      ])
  }
}
