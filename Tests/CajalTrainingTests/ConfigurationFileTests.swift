import Cajal
import CajalSupport
import Foundation
import Testing

/// `config.json`: versions, unknown keys and missing ones.
@Suite struct ConfigurationFileTests {
  private typealias JSON = [String: Any]

  private func change(_ run: String, _ change: (inout JSON) -> Void) throws {
    let path = run + "/config.json"
    let object = try JSONSerialization.jsonObject(with: Data(Files.read(path)))
    var fields = try #require(object as? JSON)
    change(&fields)
    let data = try JSONSerialization.data(withJSONObject: fields)
    try Files.writeAtomically(to: path, [UInt8](data))
  }

  private func withRun(
    _ body: (Trainer<Img2ImgTransformer>, Dataset) throws -> Void
  ) throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      let trainer = try smallTrainer(run: run.path + "/run")
      _ = try trainer.fit(data, steps: 2)
      try body(trainer, data)
    }
  }

  @Test func unknownKeysAreRefusedByName() throws {
    try withRun { trainer, data in
      let changes: [(String, (inout JSON) -> Void)] = [
        ("flavour", { $0["flavour"] = 1 }),
        (
          "options.batch",
          { $0["options"] = ($0["options"] as? JSON)?.merging(["batch": 3]) { $1 } }
        ),
        ("model.depth", { $0["model"] = ($0["model"] as? JSON)?.merging(["depth": "x"]) { $1 } }),
      ]
      let original = try Files.read(trainer.run + "/config.json")
      for (key, body) in changes {
        try change(trainer.run, body)
        let text = message { _ = try trainer.fit(data, steps: 3, resume: true) }
        #expect(text.contains("config.json") && text.contains("its key '\(key)'"), "\(text)")
        #expect(
          message {
            let run = try TrainedRun<Img2ImgTransformer>(trainer.run)
            _ = try run.dataRecord(as: PictureDataRecord.self)
          }.contains("its key '\(key)'"))
        try Files.writeAtomically(to: trainer.run + "/config.json", original)
      }
    }
  }

  @Test func aNewerVersionIsRefused() throws {
    try withRun { trainer, data in
      try change(trainer.run) { $0["version"] = 99 }
      for text in [
        message { _ = try trainer.fit(data, steps: 3, resume: true) },
        message { _ = try TrainedRun<Img2ImgTransformer>(trainer.run) },
      ] {
        #expect(
          text.contains("config.json") && text.contains("version 99 of a newer Cajal"), "\(text)")
      }
    }
  }

  /// What version 0.1 wrote had no version and fewer keys.
  @Test func missingKeysHaveDefaults() throws {
    try withRun { trainer, data in
      try change(trainer.run) { fields in
        fields["version"] = nil
        fields["dataFingerprint"] = nil
        for (object, keys) in [
          ("options", ["evaluationExamples", "checkpointsKept"]), ("model", ["normalization"]),
        ] {
          var inner = fields[object] as? JSON ?? [:]
          for key in keys { inner[key] = nil }
          if object == "model", var set = inner["hyperparameters"] as? JSON {
            set["num_memory_blocks"] = nil
            inner["hyperparameters"] = set
          }
          fields[object] = inner
        }
      }
      #expect(try TrainedRun<Img2ImgTransformer>(trainer.run).configuration.version == 1)
      #expect(try trainer.fit(data, steps: 3, resume: true).step == 3)
      let again = try TrainedRun<Img2ImgTransformer>(trainer.run).configuration
      #expect(again.version == 3 && again.options.checkpointsKept == 3)
    }
  }

  /// A run of another kind of model is no run of this one.
  @Test func otherModelsAreRefused() throws {
    try withRunFolder { run in
      let trainer = try pairTrainer(run: run.path + "/run")
      _ = try trainer.fit(PairData(width: 5), steps: 1)
      #expect(try TrainedRun<PairModel>(trainer.run).model.configuration.width == 5)
      let text = message { _ = try TrainedRun<Img2ImgTransformer>(trainer.run) }
      #expect(text.contains("config.json"), "\(text)")
      try change(trainer.run) { $0["model"] = ["kind": "pair", "width": 0, "dropout": 0.0] }
      let empty = message { _ = try TrainedRun<PairModel>(trainer.run) }
      #expect(empty.contains("config.json") && empty.contains("width: is at least 1"), "\(empty)")
    }
  }
}
