import Cajal
import Foundation
import Testing

/// A folder with a small data set made by `cajal datagen`.
struct Workspace {
  let folder: TemporaryFolder
  var path: String { folder.path }
  var sections: String { path + "/sections" }
  var data: String { path + "/data" }
  var run: String { path + "/run" }

  /// Paints three sections and stores their tiles.
  init() throws {
    folder = try TemporaryFolder()
    let sections = try folder.makeFolder("sections")
    for seed in 1...3 {
      try SyntheticTissue.section(seed: UInt64(seed), width: 128, height: 128)
        .write(to: "\(sections)/section-\(seed).png")
    }
    let made = try CajalProcess.run([
      "datagen", "--images", sections, "--output", data, "--option", "tissue=everything",
      "--evaluation-section", "section-3.png",
    ])
    try #require(made.status == 0, "datagen: \(made.errors)")
    #expect(made.output.contains(/tiles +12 of 64×64/))
    #expect(
      made.output.contains(/training tiles +8\n/) && made.output.contains(/held-out tiles +4\n/))
  }

  /// The arguments of a run of the smallest transformer. What `more` gives is not given twice.
  func training(_ run: String? = nil, steps: Int, _ more: String...) -> [String] {
    let settings = [
      "hidden_size=16", "filter_size=16", "num_heads=2", "num_encoder_layers=1",
      "num_decoder_layers=1", "query_shape=4,12", "memory_flange=4,12", "batch_size=2",
      "layer_prepostprocess_dropout=0.1",
    ]
    let defaults = [
      ("--data", data), ("--hparams", "cajal2d_tiny"), ("--checkpoint-every", "1"),
      ("--evaluation-examples", "2"), ("--replicas", "2"),
    ].filter { !more.contains($0.0) }
    return ["train", "--steps", "\(steps)", "--run", run ?? self.run]
      + defaults.flatMap { [$0.0, $0.1] } + settings.flatMap { ["--set", $0] } + more
  }

  /// Trains for two steps.
  func train() throws {
    let trained = try CajalProcess.run(training(steps: 2))
    try #require(trained.status == 0, "train: \(trained.errors)")
  }

  /// Trains a small restoration model for two updates.
  func trainRestoration(_ run: String? = nil, data: String? = nil) throws {
    let small = [
      "trunk_width=8", "trunk_blocks=1", "head_features=4", "head_width=8", "head_layers=1",
      "mixture_components=2", "batch_size=2", "pixels_per_picture=16",
    ]
    let trained = try CajalProcess.run(
      [
        "train", "--data", data ?? self.data, "--run", run ?? self.run, "--steps", "2",
        "--evaluation-examples", "2",
      ] + small.flatMap { ["--set", $0] })
    try #require(trained.status == 0, "train: \(trained.errors)")
  }

  /// The bytes of the checkpoint after `step` updates.
  static func checkpoint(_ run: String, step: Int) throws -> Data {
    try Data(
      contentsOf: URL(fileURLWithPath: RunFolder(existing: run).checkpointPath(step: step)))
  }
}
