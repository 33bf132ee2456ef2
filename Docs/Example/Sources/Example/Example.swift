import Cajal
import Foundation

/// Trains a very small model on synthetic tissue for a few steps and enlarges a picture with it.
@main
struct ExampleProgram {
  static func main() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("cajal-example-\(ProcessInfo.processInfo.processIdentifier)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }

    let problem = Sharpen()
    let pictures = (0..<4).map { number in
      Picture(name: "section-\(number)") {
        SyntheticTissue.section(seed: UInt64(number), width: 128, height: 128, stain: .nissl)
      }
    }
    let data = try problem.generateData(from: .pictures(pictures), to: folder + "/data")

    var hyperparameters = Img2ImgHyperparameters.cajal2DTiny
    try hyperparameters.apply(overrides: [
      "hidden_size=16", "filter_size=32", "num_heads=2", "num_encoder_layers=1",
      "query_shape=8,12", "memory_flange=8,12",
    ])
    let model = try Img2ImgTransformer(hyperparameters, for: problem, seed: 1)
    let trainer = Trainer(
      model: model, optimizer: .adamW(.constant(2e-3)), run: folder + "/run")
    let history = try trainer.fit(
      data, steps: 20, resume: .ifPresent, observers: [ProgressLines(every: 5) { print($0) }])

    let losses = history.losses().map(\.loss)
    print("loss: \(losses.map { String(format: "%.2f", $0) }.joined(separator: " → "))")
    let example = try data.evaluationExamples[0].example()
    let sharp = try history.model.upsample(example.input, decoding: .greedy)
    print(String(format: "PSNR: %.2f dB", ImageMetrics.psnr(sharp, example.target)))
  }
}
