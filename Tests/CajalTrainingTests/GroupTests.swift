import Cajal
import CajalSupport
import Foundation
import Testing

/// Groups of parameters with training of their own, on a model that the library does not know.
@Suite struct GroupTests {
  @Test func everyGroupIsTrainedItsOwnWay() throws {
    try withRunFolder { run in
      let trainer = try pairTrainer(run: run.path + "/run")
      let history = try trainer.fit(PairData(width: 5), steps: 40)
      let records = history.records.filter { $0.kind == "train" }
      #expect(records.count == 40)
      #expect(records.allSatisfy { $0["loss"] != nil && $0["loss_critic"] != nil })
      let losses = history.losses().map(\.loss)
      #expect(losses[39] < losses[0])
      #expect(history.losses("evaluation").count == 14)
      // The generator's values are its average, and the file has moments of its own for each.
      let folder = try RunFolder(existing: trainer.run)
      let file = try SafetensorsFile(contentsOf: folder.checkpointPath(step: 40))
      #expect(file.contains("optimizer/adam_m/generator/kernel"))
      #expect(file.contains("optimizer/momentum/critic/kernel"))
      #expect(!file.contains("optimizer/momentum/generator/kernel"))
      #expect(file.contains("average/generator/kernel") && !file.contains("average/critic/kernel"))
      let opened = try TrainedRun<PairModel>(trainer.run)
      #expect(opened.model.parameters == history.model.parameters)
      let last = try file.tensor("model/generator/kernel", as: Float.self)
      let kernel = try #require(history.model.layout["generator/kernel"])
      #expect(history.model.parameters[kernel] != last)
    }
  }

  @Test(arguments: ["generator", "critic"]) func frozenGroupsStay(name: String) throws {
    try withRunFolder { run in
      var trainer = try pairTrainer(run: run.path + "/run")
      trainer.groups[name] = .frozen
      let trained = try trainer.fit(PairData(width: 5), steps: 3).model
      for (index, group) in trained.layout.groups.enumerated() {
        let isSame = trained.parameters.buffers[index] == trainer.model.parameters.buffers[index]
        #expect(isSame == (group.name == name), "\(group.name)")
      }
      trainer.groups[name == "critic" ? "generator" : "critic"] = .frozen
      trainer.run = run.path + "/all"
      #expect(
        message { _ = try trainer.fit(PairData(width: 5), steps: 3) }
          .contains("every group of parameters is frozen"))
    }
  }

  @Test func resumedIsUninterrupted() throws {
    try withRunFolder { run in
      var trainer = try pairTrainer(run: run.path + "/whole", dropout: 0.3)
      let data = PairData(width: 5)
      _ = try trainer.fit(data, steps: 7)
      trainer.run = run.path + "/parts"
      _ = try trainer.fit(data, steps: 3)
      _ = try trainer.fit(data, steps: 7, resume: true)
      let name = "/checkpoints/step-00000007.safetensors"
      #expect(
        try Files.read(run.path + "/whole" + name) == Files.read(run.path + "/parts" + name))
      trainer.groups["critic"] = .frozen
      #expect(
        message { _ = try trainer.fit(data, steps: 9, resume: true) }
          .contains("the settings of the group critic have changed"))
      trainer.groups["discriminator"] = .frozen
      #expect(
        message { _ = try trainer.fit(data, steps: 9, resume: true) }
          .contains("no group of parameters 'discriminator'; it has generator, critic"))
    }
  }

  @Test func noStepIsMadeAfterTheLast() async {
    await #expect(processExitsWith: .failure) {
      try withRunFolder { run in
        let trainer = try pairTrainer(run: run.path + "/run")
        let session = try TrainingSession(trainer, PairData(width: 5), steps: 1)
        try session.makeStep()
        try session.makeStep()
      }
    }
  }

  /// A session that returns to a snapshot makes the same steps again.
  @Test func snapshotsAreRestored() throws {
    try withRunFolder { run in
      let trainer = try pairTrainer(run: run.path + "/run", dropout: 0.3)
      let session = try TrainingSession(trainer, PairData(width: 5), steps: 6)
      try session.makeStep()
      try session.makeStep()
      let snapshot = session.snapshot()
      #expect(snapshot.step == 2 && session.step == 2)
      var first: [Double] = []
      while session.step < 5 { first.append(try session.makeStep().loss) }
      let weights = session.model.parameters
      try session.restore(snapshot)
      #expect(session.step == 2 && session.model.parameters != weights)
      var second: [Double] = []
      while session.step < 5 { second.append(try session.makeStep().loss) }
      #expect(first == second && session.model.parameters == weights)
      var other = snapshot
      other.seed += 1
      #expect(throws: TrainingError.unsuitableSnapshot("its seed differ from those of the session"))
      {
        try session.restore(other)
      }
      #expect(try session.finish().step == 5)
    }
  }
}
