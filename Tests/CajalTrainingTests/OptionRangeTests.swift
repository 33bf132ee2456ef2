import Cajal
import CajalSupport
import Foundation
import Testing

/// Numbers in a trainer's options and in the files of a run, from one end of the integers to the
/// other.
@Suite struct OptionRangeTests {
  private static let integers = [Int.min, -1, 0, 1, 1 << 31, Int.max]

  @Test func everyOptionTrainsOrIsRefused() throws {
    let options: [(String, @Sendable (inout TrainerOptions, Int) -> Void)] = [
      ("batch size", { $0.batchSize = $1 }), ("micro-batch size", { $0.microBatchSize = $1 }),
      ("number of replicas", { $0.replicas = $1 }), ("log interval", { $0.logInterval = $1 }),
      ("evaluation interval", { $0.evaluationInterval = $1 }),
      ("number of evaluation examples", { $0.evaluationExamples = $1 }),
      ("checkpoint interval", { $0.checkpointInterval = $1 }),
      ("number of checkpoints kept", { $0.checkpointsKept = $1 }),
      ("decay of the average", { $0.weightAverageDecay = Double($1) }),
    ]
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      for (name, set) in options {
        for value in Self.integers {
          var trainer = try smallTrainer(run: "\(run.path)/\(name)\(value)")
          set(&trainer.options, value)
          let text = message {
            let history = try trainer.fit(data, steps: 1)
            #expect(history.step == 1)
          }
          #expect(text.isEmpty || text.contains(name), "\(name) \(value): \(text)")
          #expect(text.isEmpty || !Files.exists(trainer.run), "\(name) \(value) wrote something")
        }
      }
    }
  }

  @Test(arguments: [Int.min, -1, 1 << 31, .max]) func steps(steps: Int) throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      let trainer = try smallTrainer(run: run.path + "/run")
      #expect(throws: TrainingError.self) { try trainer.fit(data, steps: steps) }
    }
  }

  @Test func decayThatIsNoNumber() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      var trainer = try smallTrainer(run: run.path + "/run")
      trainer.options.weightAverageDecay = .nan
      #expect(throws: TrainingError.self) { try trainer.fit(data, steps: 1) }
    }
  }

  /// More replicas than there are micro-batches do the same as one for each.
  @Test func idleReplicas() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      let bits = try [4, 1024].map { replicas in
        var trainer = try smallTrainer(run: "\(run.path)/\(replicas)")
        trainer.options.replicas = replicas
        return try trainer.fit(data, steps: 2).model.parameters
      }
      #expect(bits[0] == bits[1])
    }
  }

  /// Any number of a configuration, replaced by the ends of the integers: the run opens or names
  /// the file.
  @Test func configurations() throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      let trainer = try smallTrainer(run: run.path + "/run")
      _ = try trainer.fit(data, steps: 1)
      let folder = try RunFolder(existing: trainer.run)
      let original = try JSONSerialization.jsonObject(
        with: Data(Files.read(folder.configurationPath)))
      var refused = 0
      for variant in JSONNumbers.variants(of: original, numbers: [Int.min, Int.max]) {
        let bytes = try JSONSerialization.data(withJSONObject: variant.json)
        try Files.writeAtomically(to: folder.configurationPath, [UInt8](bytes))
        let text = message { _ = try TrainedRun<Img2ImgTransformer>(trainer.run) }
        if !text.isEmpty { refused += 1 }
        #expect(text.isEmpty || text.contains(trainer.run), "\(variant.path): \(text)")
        // A resume either reports a difference or continues.
        _ = message { _ = try trainer.fit(data, steps: 1, resume: true) }
        try Files.writeAtomically(to: folder.configurationPath, [UInt8](bytes))
      }
      #expect(refused > 25)
    }
  }

  @Test(arguments: ["cajal.step", "cajal.examples_seen", "cajal.average_updates"])
  func checkpoints(key: String) throws {
    try withRunFolder { run in
      let data = try smallData(in: run.path)
      let trainer = try smallTrainer(run: run.path + "/run")
      _ = try trainer.fit(data, steps: 1)
      let path = try RunFolder(existing: trainer.run).checkpointPath(step: 1)
      let file = try SafetensorsFile(contentsOf: path)
      let entries = try file.names.map {
        Safetensors.Entry($0, try file.tensor($0, as: Float.self))
      }
      for number in ["9223372036854775807", "-9223372036854775808", "9223372036854775808", "nan"] {
        var metadata = file.metadata
        metadata[key] = number
        try Safetensors.write(
          entries, metadata: metadata, sealedUnder: "cajal.crc32c", to: path)
        let text = message { _ = try CheckpointFile(contentsOf: path) }
        #expect(text.contains(path) && text.contains(key), "\(text)")
        #expect(throws: (any Error).self) { try trainer.fit(data, steps: 2, resume: true) }
      }
    }
  }
}

/// JSON with one of its numbers replaced.
enum JSONNumbers {
  /// Every variant of a value in which one number is another one, with the place of it.
  static func variants(of json: Any, numbers: [Int]) -> [(path: String, json: Any)] {
    if let object = json as? [String: Any] {
      return object.sorted { $0.key < $1.key }.flatMap { key, value in
        variants(of: value, numbers: numbers).map { inner in
          (key + "." + inner.path, object.merging([key: inner.json]) { $1 } as Any)
        }
      }
    }
    if let list = json as? [Any] {
      return list.indices.flatMap { index in
        variants(of: list[index], numbers: numbers).map { inner in
          var changed = list
          changed[index] = inner.json
          return ("\(index)." + inner.path, changed as Any)
        }
      }
    }
    return json is NSNumber ? numbers.map { ("\($0)", $0 as Any) } : []
  }
}
