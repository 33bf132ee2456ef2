import CajalSupport
import CajalImages
import CajalTensor
import Foundation
import Testing

@testable import CajalProblems

@Suite struct DatasetTests {
  func withDataset(_ body: (Dataset) throws -> Void) throws {
    try withTemporaryDirectory { folder in
      let options = DataOptions(evaluationSections: ["a"], trainingShardCount: 2)
      try body(
        tinyProblem.generateData(
          from: noiseSections(3), to: folder + "/data", options: options))
    }
  }

  @Test func anEpochUsesEveryTileOnce() throws {
    try withDataset { data in
      var problem = tinyProblem
      problem.augmentation = .none
      let plain = try Dataset(at: data.directory, for: problem)
      let tiles = try plain.trainingTiles.map { try $0.image() }
      /// The index of the tile that an example was cut from.
      func source(_ number: Int) throws -> Int? {
        let target = try plain.trainingExample(number, seed: 5).target
        return tiles.firstIndex { tile in
          (0...8).contains { y in
            (0...8).contains { x in
              tile[x, y] == target[0, 0]
                && tile.cropped(x: x, y: y, width: 8, height: 8) == target
            }
          }
        }
      }
      let count = tiles.count
      let first = try (0..<count).map(source)
      let second = try (count..<(2 * count)).map(source)
      #expect(Set(first) == Set(tiles.indices.map { $0 }))
      #expect(Set(second) == Set(first) && second != first)
    }
  }

  /// An example depends on seed and number alone: not on those before it, the thread or the reading
  /// of the data.
  @Test func examplesCanBeMadeAgain() throws {
    try withDataset { data in
      let again = try Dataset(at: data.directory, for: tinyProblem)
      let forward = try (0..<40).map { try data.trainingExample($0, seed: 1) }
      let numbers = Array((0..<40).reversed())
      let backward = try Threads.concurrentMap(numbers) {
        try again.trainingExample($0, seed: 1)
      }
      for (number, example) in zip(numbers, backward) {
        #expect(example.target == forward[number].target)
        #expect(example.input == forward[number].input)
      }
      let other = try (0..<40).map { try data.trainingExample($0, seed: 2).target }
      #expect(other != forward.map(\.target))
    }
  }

  @Test func batchesAreExamplesInOrder() throws {
    try withDataset { data in
      let batch = try data.trainingBatch(step: 3, batchSize: 4, seed: 1)
      #expect(batch.count == 4)
      #expect(batch.inputs.shape == [4, 2, 2, 3] && batch.targets.shape == [4, 8, 8, 3])
      let examples = try (12..<16).map { try data.trainingExample($0, seed: 1) }
      #expect(batch.inputs.scalars == examples.flatMap(\.input.pixels))
      #expect(batch.targets.scalars == examples.flatMap(\.target.pixels))
      let held = try data.evaluationBatch(2..<5)
      #expect(
        try held.targets.scalars
          == data.evaluationExamples[2..<5].flatMap { try $0.example().target.pixels })
    }
  }

  @Test func evaluationExamplesAreTheGrid() throws {
    try withDataset { data in
      let picture = noise(0)
      #expect(data.evaluationExamples.count == 24)
      for example in data.evaluationExamples {
        let (x, y) = (example.position.x, example.position.y)
        #expect(example.section == "a" && example.picture == "a0" && x % 8 == 0 && y % 8 == 0)
        let made = try example.example()
        #expect(made.target == picture.cropped(x: x, y: y, width: 8, height: 8))
        #expect(made.input == made.target.areaReduced(width: 2, height: 2))
      }
      #expect(Set(data.evaluationExamples.map(\.position)).count == 24)
      let again = try Dataset(at: data.directory, for: tinyProblem)
      #expect(again.evaluationExamples.map(\.position) == data.evaluationExamples.map(\.position))
    }
  }

  @Test func backgroundQuartersAreNotEvaluated() throws {
    // Only the left quarters of each tile have structure.
    let picture = Picture(name: "half", section: "half") {
      var image = Image(width: 16, height: 16, channels: 3, filledWith: 240)
      for y in 0..<16 { for x in 0..<8 { image[x, y, 1] = UInt8((x * 31 + y * 17) % 256) } }
      return image
    }
    let other = Picture(name: "other") { noise(1) }
    try withTemporaryDirectory { folder in
      let data = try tinyProblem.generateData(
        from: .pictures([picture, other]), to: folder + "/data",
        options: DataOptions(evaluationSections: ["half"]))
      #expect(Set(data.evaluationExamples.map(\.position.x)) == [0])
      #expect(data.evaluationExamples.count == 2)
    }
  }

  /// A shard that ends at any byte is reported with its name and the byte of the record that is not
  /// whole.
  @Test func everyTruncationOfAShardIsReported() throws {
    try withDataset { data in
      let shard = data.directory + "/img2img_allen_brain-dev-00000-of-00001"
      let bytes = try Files.read(shard)
      var reader = RecordReader(try RandomAccessFile(shard))
      var starts: [Int] = []
      while let record = try reader.next() { starts.append(record.offset) }
      // Every byte of the first and the last record, and the ends of all.
      let first = Array(0..<starts[1])
      let last = Array(starts[starts.count - 1]..<bytes.count)
      for length in first + starts.dropFirst() + last {
        try Files.writeAtomically(to: shard, Array(bytes[..<length]))
        let text = errorText { try Dataset(at: data.directory, for: tinyProblem) }
        let start = starts.last { $0 <= length } ?? 0
        #expect(text?.hasPrefix("\(shard) is damaged at byte \(start): ") == true)
      }
    }
  }

  @Test func brokenDataSets() throws {
    try withDataset { data in
      let directory = data.directory
      let json = directory + "/dataset.json"
      let good = try Files.read(json)
      func text() -> String? { errorText { try Dataset(at: directory, for: tinyProblem) } }

      let version = String(decoding: good, as: UTF8.self)
        .replacing("\"version\" : 2", with: "\"version\" : 3")
      try Files.writeAtomically(to: json, Array(version.utf8))
      #expect(
        text() == "\(json) is damaged: it is of version 3, and this program reads 2")
      for length in [0, 10, good.count / 2, good.count - 3] {
        try Files.writeAtomically(to: json, Array(good[..<length]))
        #expect(text() == "\(json) is damaged: it is not valid JSON")
      }
      try FileManager.default.removeItem(atPath: json)
      #expect(text() == "cannot read \(directory): it has no dataset.json, so it is not a data set")
      #expect(
        errorText { try Dataset(at: "/none", for: tinyProblem) }
          == "cannot read /none: there is no such folder")
      try Files.writeAtomically(to: json, good)
      try FileManager.default.removeItem(
        atPath: directory + "/img2img_allen_brain-train-00001-of-00002")
      #expect(text()?.hasPrefix("cannot read \(directory)/img2img_allen_brain-train-00001") == true)
    }
  }

  @Test func theRegistryMakesTheProblemAgain() throws {
    try withTemporaryDirectory { folder in
      var problem = AllenBrain.dim8to32
      problem.tissueRule = .everything
      problem.tileSize = 32
      let source = PictureSource.pictures(
        ["a", "b"].map { name in Picture(name: name) { noise(1, width: 32, height: 32) } })
      try problem.generateData(from: source, to: folder + "/data")
      let data = try Dataset(at: folder + "/data")
      #expect(data.problem.name == problem.name && data.problem.options == problem.options)
      #expect(errorText { try Dataset(at: folder + "/data", registry: ProblemRegistry()) } != nil)
    }
  }

  /// So many shards are not all open at once.
  @Test func manyShards() throws {
    try withTemporaryDirectory { folder in
      let whole = noise(1, width: 272, height: 272)
      let picture = Picture(name: "a") { whole }
      let data = try tinyProblem.generateData(
        from: .pictures([picture]), to: folder + "/data",
        options: DataOptions(evaluationFraction: 0, trainingShardCount: 270))
      #expect(data.summary.shards.count == 270 && data.trainingTiles.count == 289)
      let open = try Files.list("/proc/self/fd").compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0)
      }
      #expect(!open.contains { $0.hasPrefix(data.directory) })
      for tile in data.trainingTiles {
        let (x, y) = (tile.position.x, tile.position.y)
        #expect(try tile.image() == whole.cropped(x: x, y: y, width: 16, height: 16))
      }
      #expect(Set(data.trainingTiles.map(\.position)).count == 289)
    }
  }

  @Test(arguments: [1, 2, 3, 5, 64, 1000, 4097])
  func permutationsArePermutations(count: Int) {
    func permutation(_ step: UInt64) -> [Int] {
      let permutation = SeededPermutation(
        count: count, key: .init(seed: 4, stream: 1, step: step))
      return (0..<count).map { permutation[$0] }
    }
    #expect(permutation(0).sorted() == Array(0..<count))
    #expect(permutation(1).sorted() == Array(0..<count))
    if count >= 64 { #expect(permutation(0) != permutation(1)) }
  }

  /// Every image of a given position is about equally likely over the keys.
  @Test func permutationsAreFair() {
    var seen = [Int](repeating: 0, count: 6)
    for step in 0..<6000 {
      seen[SeededPermutation(count: 6, key: .init(seed: 1, stream: 2, step: UInt64(step)))[2]] += 1
    }
    // A binomial count of mean 1000 and standard deviation 29; five of them.
    #expect(seen.allSatisfy { abs($0 - 1000) < 145 }, "\(seen)")
  }
}
