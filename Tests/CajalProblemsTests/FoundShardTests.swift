import CajalSupport
import CajalImages
import Foundation
import Testing

@testable import CajalProblems

/// Folders as tensor2tensor leaves them.
@Suite struct FoundShardTests {
  private static let set = "img2img_allen_brain"

  /// The names of the shards that are found among files.
  private func found(_ files: [String]) throws -> (shards: [String], leftOut: [String]) {
    try withTemporaryDirectory { folder in
      for file in files { try Files.writeAtomically(to: folder + "/" + file, []) }
      let found = try FoundShards(in: folder, named: Self.set)
      return (found.shards.map(\.file), found.leftOut.map(\.picture))
    }
  }

  private func refusal(_ files: [String]) -> String {
    errorText { try found(files) }.flatMap { $0.components(separatedBy: ": ").last } ?? ""
  }

  @Test func aSetWithAllItsSplits() throws {
    let files = ["a-train-00000-of-00002", "a-train-00001-of-00002", "a-dev-00000-of-00001"]
    let both = try found(files + ["a-test-00000-of-00001", "a-train-00000-of-00002.incomplete"])
    #expect(both.shards == files && both.leftOut == ["a-test-00000-of-00001"])
    // Without dev the test split is what is held out.
    let test = try found(Array(files.dropLast()) + ["a-test-00000-of-00001"])
    #expect(test.shards == files.dropLast() + ["a-test-00000-of-00001"] && test.leftOut.isEmpty)
  }

  /// A generate_data that was stopped while it shuffled: some files are shuffled, the one in work
  /// is there twice.
  @Test func shardsThatAreNotShuffled() throws {
    let name = Self.set
    let files = try found([
      "\(name)-train-00000-of-00003", "\(name)-train-00001-of-00003",
      "\(name)-unshuffled-train-00001-of-00003", "\(name)-unshuffled-train-00002-of-00003",
      "\(name)-unshuffled-dev-00000-of-00001",
    ]).shards
    #expect(
      files == [
        "\(name)-train-00000-of-00003", "\(name)-unshuffled-train-00001-of-00003",
        "\(name)-unshuffled-train-00002-of-00003", "\(name)-unshuffled-dev-00000-of-00001",
      ])
    #expect(
      try found(["a-unshuffled-train-00000-of-00001"]).shards
        == ["a-unshuffled-train-00000-of-00001"])
  }

  @Test func packedNames() throws {
    #expect(
      try found([
        "a-train-00000-of-00002.gz", "a-train-00001-of-00002", "a-train-00001-of-00002.gz",
      ])
      .shards == ["a-train-00000-of-00002.gz", "a-train-00001-of-00002"])
  }

  @Test func whatIsMissing() {
    #expect(refusal(["x.png"]).hasPrefix("there are none; their names end like"))
    #expect(refusal(["a-dev-00000-of-00001"]) == "there is no training shard of a")
    #expect(
      refusal(["a-train-00000-of-00002"]) == "the shard a-train-00001-of-00002 is missing")
    #expect(
      refusal(["a-train-00000-of-00001", "a-test-00001-of-00002"])
        == "the shard a-test-00000-of-00002 is missing")
    #expect(refusal(["a-train-00000-of-00001", "b-train-00000-of-00001"]).contains("a, b and not"))
    #expect(
      refusal([
        "a-train-00000-of-00001", "a-train-00000-of-00002", "a-train-00001-of-00002",
      ]) == "there are 1 and 2 train shards of a; leave one set there")
    // The rest of another number of shards is no whole set.
    #expect(
      (try? found(["a-train-00000-of-00001", "a-train-00001-of-00002"]).shards)
        == ["a-train-00000-of-00001"])
  }

  /// Shards of noise in a folder of their own.
  private func withShards(_ body: (_ folder: String, _ shards: String) throws -> Void) throws {
    try withTemporaryDirectory { folder in
      let shards = folder + "/shards"
      try tinyProblem.generateData(
        from: noiseSections(3), to: shards, options: DataOptions(trainingShardCount: 2))
      try FileManager.default.removeItem(atPath: shards + "/dataset.json")
      try body(folder, shards)
    }
  }

  /// No file is written next to shards whose description has its own folder.
  @Test func aDescriptionElsewhere() throws {
    try withShards { folder, shards in
      let before = try Files.list(shards)
      let output = folder + "/described"
      let data = try tinyProblem.describeShards(in: shards, to: output)
      #expect(try Files.list(shards) == before && Files.list(output) == ["dataset.json"])
      #expect(data.directory == output)
      #expect(data.summary.shards.allSatisfy { $0.file.hasPrefix("/") })
      let beside = try tinyProblem.describeShards(in: shards)
      let read = try Dataset(at: output, for: tinyProblem)
      #expect(
        try read.trainingExample(3, seed: 1).target == beside.trainingExample(3, seed: 1).target)
      #expect(read.evaluationExamples.map(\.section) == beside.evaluationExamples.map(\.section))
    }
  }

  @Test func whatIsThereIsReplacedOnlyWhenAskedFor() throws {
    try withShards { folder, shards in
      let output = folder + "/described"
      try tinyProblem.describeShards(in: shards, to: output)
      #expect(throws: ProblemError.occupiedDirectory(output)) {
        try tinyProblem.describeShards(in: shards, to: output)
      }
      try tinyProblem.describeShards(in: shards, to: output, existing: .replace)
      try Files.createDirectory(folder + "/other")
      try Files.writeAtomically(to: folder + "/other/file", [])
      #expect(
        errorText {
          try tinyProblem.describeShards(in: shards, to: folder + "/other", existing: .replace)
        }?.contains("it holds other files and no data set") == true)

      try tinyProblem.describeShards(in: shards, to: shards + "/.")
      #expect(throws: ProblemError.alreadyDescribed(shards)) {
        try tinyProblem.describeShards(in: shards)
      }
      try tinyProblem.describeShards(in: shards, existing: .replace)
      // What says how pictures were cut is not lost for it.
      try tinyProblem.generateData(from: noiseSections(2), to: folder + "/cut")
      let cut = try Files.read(folder + "/cut/dataset.json")
      #expect(throws: ProblemError.self) {
        try tinyProblem.describeShards(in: folder + "/cut", existing: .replace)
      }
      #expect(try Files.read(folder + "/cut/dataset.json") == cut)
    }
  }

  /// The superuser may write everywhere.
  @Test(.enabled(if: geteuid() != 0)) func foldersThatCannotBeWritten() throws {
    try withShards { folder, shards in
      #expect(chmod(shards, 0o555) == 0)
      defer { _ = chmod(shards, 0o755) }
      #expect(throws: ProblemError.unwritableShards(shards, reason: "Permission denied")) {
        try tinyProblem.describeShards(in: shards)
      }
      try tinyProblem.describeShards(in: shards, to: folder + "/described")
    }
  }

  /// Damage that leaves out everything leaves no description.
  @Test func aFolderOfItsOwnIsWrittenWhenAllIsRead() throws {
    try withShards { folder, shards in
      let shard = "\(shards)/\(Self.set)-train-00001-of-00002"
      try Files.writeAtomically(to: shard, Array(Files.read(shard).dropLast()))
      #expect(throws: ProblemError.self) {
        try tinyProblem.describeShards(in: shards, to: folder + "/described")
      }
      #expect(try Files.list(folder) == ["shards"])
      let data = try tinyProblem.describeShards(
        in: shards, to: folder + "/described", skipsBroken: true)
      #expect(data.brokenRecords.count == 1)
    }
  }
}

/// Records that no tile has.
@Suite struct RecordLimitTests {
  /// A file of some kB on the disk that declares a record of 2 GB, which is there as a hole.
  @Test func sparseFiles() throws {
    try withTemporaryDirectory { folder in
      let path = folder + "/a-train-00000-of-00001"
      let size = 1 << 31
      let header = TFRecord.header(length: UInt64(size - 16))
      try Files.writeAtomically(to: path, header)
      #expect(truncate(path, off_t(size)) == 0)
      let content = try ShardContent(of: path, skipsBroken: true)
      #expect(
        content.broken == [
          .brokenData(
            file: path, offset: 0,
            reason: "the record has \(size - 16) bytes, and one of a tile at most 67108864")
        ])
      #expect(content.tiles.isEmpty)
    }
  }

  /// The reader continues behind such a record, and ends where it says to be longer than the file.
  @Test func theRecordBehindIsRead() throws {
    try withTemporaryDirectory { folder in
      let path = folder + "/shard"
      let tile = try CompressedShardTests.records(1)
      let long = [UInt8](repeating: 0, count: RecordReader.largestRecord + 1)
      try Files.writeAtomically(to: path, TFRecord.framed(long) + TFRecord.framed(tile[0]))
      var reader = RecordReader(try RandomAccessFile(path))
      #expect(throws: ProblemError.self) { try reader.next() }
      #expect(try reader.next()?.data == tile[0])
      #expect(try reader.next() == nil)
      try Files.writeAtomically(
        to: path, TFRecord.header(length: .max) + TFRecord.framed(tile[0]))
      reader = RecordReader(try RandomAccessFile(path))
      #expect(throws: ProblemError.self) { try reader.next() }
      #expect(try reader.next() == nil)
    }
  }

  /// The largest tile there can be, of noise, is within the limit.
  @Test func theLargestTileFits() throws {
    let tile = noise(1, width: 1024, height: 256).pixels.count
    let encoded = try noise(1, width: 1024, height: 256).pngData().count
    #expect(Double(encoded) / Double(tile) * 3 * 4096 * 4096 < Double(RecordReader.largestRecord))
  }
}
