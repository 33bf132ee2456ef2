import CajalImages
import CajalSupport
import CajalTraining
import Foundation
import SwiftProtobuf
import Testing

@testable import CajalReports

@Suite struct EventFileTests {
  private func record(_ step: Int, _ loss: Double, kind: String = "train") -> TrainingEvent {
    .recorded(LogRecord(kind: kind, step: step, values: ["loss": loss, "seconds": 1]))
  }

  /// A folder of event files with the losses of some steps, and the path of its last file.
  private func write(
    _ steps: [Int], in folder: TemporaryFolder, resumedFrom step: Int? = nil
  ) throws -> String {
    let observer = TensorBoardObserver(folder: folder.path + "/events")
    if let step { try observer.observe(.resumed(step: step, checkpoint: "")) }
    for step in steps { try observer.observe(record(step, Double(step) / 8)) }
    return try #require(try EventFile.files(in: observer.folder).last)
  }

  @Test func whatIsWrittenIsRead() throws {
    let folder = try TemporaryFolder()
    try folder.write("{\"steps\":5}", to: "run/config.json")
    let observer = TensorBoardObserver(
      folder: folder.path + "/events", run: folder.path + "/run")
    try observer.observe(record(10, 2.5))
    try observer.observe(record(20, .infinity))
    try observer.observe(record(20, 1.25, kind: "evaluation"))
    let panel = Image(width: 3, height: 2, channels: 3, filledWith: 7)
    try observer.write(panel, named: "predictions", step: 20)
    let run = try RecordedRun(contentsOf: observer.folder)
    #expect(run.losses(.training)?.measurements.values == [2.5, .infinity])
    #expect(run.losses(.heldOut)?.measurements.steps == [20])
    #expect(run.measurements.count == 2 && run.notes.isEmpty)
    let picture = try #require(run.pictures["predictions"]?.pictures(8).first)
    #expect(picture.step == 20)
    #expect(try Image(decoding: picture.load().bytes) == panel)
    let bytes = try Files.read(try #require(try EventFile.files(in: observer.folder).first))
    #expect(String(decoding: bytes, as: UTF8.self).contains("    {\"steps\":5}"))
  }

  /// A killed process leaves a file that ends anywhere.
  @Test func truncatedFilesAreReadAsFarAsTheyAreWhole() throws {
    let folder = try TemporaryFolder()
    let bytes = try Files.read(try write([1, 2, 3], in: folder))
    var ends: [Int] = []
    var reader = TFRecordReader(
      FileSource(try RandomAccessFile(try folder.write(bytes, to: "whole"))),
      largestRecord: 1 << 20, of: "an event")
    while let record = try reader.next() { ends.append(record.range.upperBound + 4) }
    #expect(ends.count == 5 && ends.last == bytes.count)
    for length in 0...bytes.count {
      try folder.write(Array(bytes.prefix(length)), to: "cut/events.out.tfevents.1.h")
      let run = try RecordedRun(contentsOf: folder.path + "/cut")
      // The first two events are the version and the beginning of the session.
      let whole = max(0, ends.count { $0 <= length } - 2)
      #expect((run.losses(.training)?.measurements.steps ?? []) == Array([1, 2, 3].prefix(whole)))
      let isWhole = length == 0 || ends.contains(length)
      #expect(run.notes.isEmpty == isWhole, "\(length) bytes: \(run.notes)")
    }
  }

  /// Any byte may be wrong: what is read is a part of what was there.
  @Test func damagedFilesAreReadAsFarAsTheyAreWhole() throws {
    let folder = try TemporaryFolder()
    let bytes = try Files.read(try write([1, 2, 3], in: folder))
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 0x55
      try folder.write(damaged, to: "damaged/events.out.tfevents.1.h")
      let run = try RecordedRun(contentsOf: folder.path + "/damaged")
      let steps = run.losses(.training)?.measurements.steps ?? []
      #expect(Set(steps).isSubset(of: [1, 2, 3]) && run.notes.count == 1)
    }
  }

  /// The file of a resumed run says where it continues, and sorts behind the earlier one.
  @Test func resumedRunsHaveNoStepTwice() throws {
    let folder = try TemporaryFolder()
    let first = try write([10, 20, 30], in: folder)
    let second = try write([30, 40], in: folder, resumedFrom: 20)
    #expect(first < second)
    let run = try RecordedRun(contentsOf: folder.path + "/events")
    #expect(run.losses(.training)?.measurements.steps == [10, 20, 30, 40])
  }

  private func framed(_ event: TFEvent) throws -> [UInt8] {
    TFRecord.framed(try event.serializedBytes())
  }

  private func event(_ step: Int, _ time: Double, _ tag: String, _ value: TFSummary.Value)
    -> TFEvent
  {
    var event = TFEvent()
    (event.step, event.wallTime) = (Int64(step), time)
    var value = value
    value.tag = tag
    event.summary.value = [value]
    return event
  }

  /// Other programs write tensors, and held-out values into folders of their own.
  @Test func tensorsAndFoldersOfOtherProgramsAreRead() throws {
    let folder = try TemporaryFolder()
    var tensors: [TFSummary.Value] = []
    for _ in 0..<5 { tensors.append(TFSummary.Value()) }
    tensors[0].tensor.dtype = .dtFloat
    tensors[0].tensor.floatVal = [0.5]
    tensors[1].tensor.dtype = .dtFloat
    tensors[1].tensor.tensorContent = Data([0, 0, 0, 0x3F])
    tensors[2].tensor.dtype = .dtDouble
    tensors[2].tensor.tensorContent = Data([0, 0, 0, 0, 0, 0, 0xE0, 0x3F])
    tensors[3].tensor.dtype = .dtInt64
    tensors[3].tensor.int64Val = [3]
    // A histogram is no scalar.
    tensors[4].tensor.dtype = .dtDouble
    tensors[4].tensor.doubleVal = [1, 2, 3]
    tensors[4].tensor.tensorShape.dim = [.with { $0.size = 1 }, .with { $0.size = 3 }]
    let file = try tensors.enumerated().flatMap { step, value in
      try framed(event(step, 100 + Double(step), "loss", value))
    }
    try folder.write(file, to: "events.out.tfevents.100.host")
    var held = TFSummary.Value()
    held.simpleValue = 0.25
    try folder.write(
      framed(event(3, 110, "loss", held)), to: "eval_holdout/events.out.tfevents.110.host")
    let run = try RecordedRun(contentsOf: folder.path)
    let training = try #require(run.losses(.training)?.measurements)
    #expect(training.values == [0.5, 0.5, 0.5, 3] && training.seconds == [0, 1, 2, 3])
    #expect(run.losses(.heldOut)?.measurements.seconds == [10])
    #expect(LossChart([run])?.chart.yLabel == "loss")
  }

  @Test(arguments: [
    ("loss", nil, "loss", Measurements.Kind.training), ("Loss/train", nil, "loss", .training),
    ("train/loss", nil, "loss", .training), ("evaluation/loss", nil, "loss", .heldOut),
    ("epoch_loss", Measurements.Kind.heldOut, "loss", .heldOut),
    ("val_loss", nil, "loss", .heldOut),
    ("global_step/sec", nil, "global_step/sec", .training), ("train", nil, "train", .training),
    ("losses/total", nil, "losses/total", .training),
    ("learning_rate", nil, "learning_rate", .training),
  ])
  func tagsAreUnderstood(
    tag: String, folder: Measurements.Kind?, name: String, kind: Measurements.Kind
  ) {
    #expect(EventTag.measure(tag, folder: folder) == .init(kind: kind, name: name))
  }
}
