import CajalAutodiff
import CajalImages
import CajalLayers
import CajalSupport
import CajalTensor
import TestBackends
import Testing

@testable import CajalModels

/// Pictures that are restored in blocks have the bits of the whole picture at once.
@Suite struct RestorationBandsTests {
  private typealias Blocks = RestorationModel.Blocks
  private static let wavefronts: [Decoding] = [.sample(temperature: 0.8, seed: 5), .greedy, .mean]

  /// Every level of instructions, the sixteen-lane source where it can be run, and plain loops.
  private static var devices: [Device] {
    (InstructionSet.available.compactMap { CPUBackend($0) }
      + [CPUBackend.wideForTests()]
      .compactMap { $0 }).map { Device($0) }
  }

  /// A model wide enough for convolutions in tiles.
  private func model(
    _ kind: RestorationCase = RestorationCase(ratio: 2),
    trunk: RestorationHyperparameters.Trunk = .convolutions, on device: Device = .cpu
  ) throws -> RestorationModel {
    try smallRestoration(kind, trunk: trunk, on: device) {
      $0.trunkWidth = trunk == .uNet ? 4 : 16
      $0.adversarialWeight = 0.03
      $0.adversarialCode = 2
    }
  }

  /// The bits of finished rows, before anything is rounded, and of entropies.
  private func bits(
    _ model: RestorationModel, _ inputs: [Image], _ decoding: Decoding, _ blocks: Blocks,
    withEntropies: Bool = false
  ) throws -> [UInt32] {
    let source = PreparedRows(inputs, model.configuration)
    var rows = RestoredRows<Float>(
      model, size: (source.width, source.height), decoding, pictures: 3..<(3 + inputs.count),
      blocks: blocks, withEntropies: withEntropies)
    var parts = [[Float]](repeating: [], count: 2 * inputs.count)
    var count = 0
    while let band = try rows.next(source, progress: { _ in }) {
      count += 1
      for picture in inputs.indices {
        parts[2 * picture] += band.values[picture]
        parts[2 * picture + 1] += band.entropies?[picture] ?? []
      }
    }
    #expect(count == (source.height + blocks.rows - 1) / blocks.rows)
    return parts.flatMap { $0.map(\.bitPattern) }
  }

  /// Blocks of these rows and columns give what one block of the whole gives.
  private func check(
    _ model: RestorationModel, _ decodings: [Decoding], width: Int, height: Int, pictures: Int = 1,
    blocks: [(rows: Int, columns: Int)], withEntropies: Bool = false
  ) throws {
    let inputs = randomPictures(
      pictures, width: width, height: height, channels: model.channels, seed: 4)
    for decoding in decodings {
      let whole = try bits(
        model, inputs, decoding, Blocks(rows: height, columns: width), withEntropies: withEntropies)
      for (rows, columns) in blocks {
        let blocks = Blocks(rows: rows, columns: min(columns, width))
        #expect(
          try bits(model, inputs, decoding, blocks, withEntropies: withEntropies) == whole,
          "\(decoding.name), \(width)×\(height) in \(rows)×\(columns)")
      }
    }
  }

  @Test(arguments: RestorationCase.all) func everyKindOfPicture(kind: RestorationCase) throws {
    let model = try model(kind)
    try check(
      model, [.onePass, .crisp(), .crisp(seed: 2)], width: 5, height: 59, pictures: 2,
      blocks: [(1, 5), (7, 5), (16, 2), (30, 4)])
    try check(
      model, Self.wavefronts, width: 2, height: kind.ratio == 8 ? 31 : 47,
      blocks: kind.ratio == 8 ? [(9, 2)] : [(5, 2), (23, 2)])
  }

  /// A block of one row has fewer rows than pixels depend on.
  @Test func bandsOfOneRow() throws {
    for ratio in [2, 4] {
      try check(
        try model(RestorationCase(ratio: ratio)), Self.wavefronts, width: 3, height: 9,
        pictures: 2, blocks: [(1, 3), (2, 1), (9, 1)])
    }
  }

  @Test(arguments: RestorationHyperparameters.Trunk.allCases, devices.indices)
  func everyLevelOfInstructions(
    trunk: RestorationHyperparameters.Trunk, device: Int
  ) throws {
    let model = try model(trunk: trunk, on: Self.devices[device])
    for (width, height) in [(1, 150), (6, 71), (16, 90), (33, 151)] {
      try check(
        model, [.onePass], width: width, height: height,
        blocks: [(1 + width, width), (20, width), (64, width)])
    }
    try check(model, [.mean], width: 4, height: 50, blocks: [(11, 4)])
  }

  @Test(arguments: RestorationHyperparameters.Trunk.allCases)
  func otherDevices(trunk: RestorationHyperparameters.Trunk) throws {
    for device in [Device(ReferenceBackend()), Device(FaultingBackend()), Device(LateBackend())] {
      try check(
        try model(trunk: trunk, on: device), [.onePass, .mean], width: 3, height: 40,
        blocks: [(9, 3)])
    }
  }

  @Test(arguments: [Decoding.onePass, .crisp(seed: 1), .sample(temperature: 0.8, seed: 5)])
  func threadsDoNotMatter(decoding: Decoding) throws {
    let model = try model(RestorationCase(ratio: 4))
    let inputs = randomPictures(2, width: 40, height: 48, channels: 3, seed: 6)
    let whole = try model.pictures(inputs, decoding, Blocks(rows: 48, columns: 40))
    #expect(try model.predict(inputs, decoding: decoding, progress: nil) == whole)
    for threads in [1, 2, 3] {
      let banded = try Threads.limited(to: threads) {
        try model.pictures(inputs, decoding, Blocks(rows: 13, columns: 12))
      }
      #expect(banded == whole)
    }
  }

  @Test func bandsAreTheirTrunks() throws {
    let base = try RestorationModel(.init(hyperparameters: .base)).network.trunk
    #expect(base.reach(columns: 100) == Reach(distance: 52, alignment: 4))
    let transformer = try RestorationModel(.init(hyperparameters: .transformer)).network.trunk
    for (columns, alignment) in [(64, 8), (8, 8), (20, 16), (4, 16), (33, 64)] {
      #expect(
        transformer.reach(columns: columns) == Reach(distance: 56, alignment: alignment))
    }
    let uNet = try RestorationModel(.init(hyperparameters: .uNetSmall)).network.trunk
    #expect(uNet.reach(columns: 9) == nil)
  }

  @Test func partsSeeWhatIsAroundThem() {
    let reach = Reach(distance: 12, alignment: 8)
    #expect((0..<70).divided(every: 25) == [0..<25, 25..<50, 50..<70])
    #expect(reach.seen(by: 0..<25, of: 70) == 0..<40)
    #expect(reach.seen(by: 25..<50, of: 70) == 8..<64)
    #expect(reach.seen(by: 50..<70, of: 70) == 32..<70)
  }

  /// Tiles are restored at once, many together; large pictures in blocks that fit the limits.
  @Test func largePicturesAreRestoredInBlocks() throws {
    let model = try RestorationModel(.init(hyperparameters: .base))
    let tile = model.blocks(.sample(), width: 8, height: 8)
    #expect(tile.rows == 8 && tile.columns == 8 && tile.picturesAtOnce > 16)
    for decoding in [Decoding.onePass, .sample()] {
      for (width, height) in [
        (256, 100_000), (100_000, 500), (100_000, 100_000), (1, 100_000), (100_000, 1),
        (5000, 5000),
      ] {
        let blocks = model.blocks(decoding, width: width, height: height)
        #expect(blocks.picturesAtOnce == 1)
        let area = min(height, blocks.rows + 112) * min(width, blocks.columns + 112)
        #expect(area * 576 < Blocks.memory / 4, "\(width)×\(height): \(blocks)")
        #expect(blocks.rows * width * 48 <= Blocks.memory)
        #expect(blocks.rows >= min(height, 32) && blocks.columns >= min(width, 100))
      }
    }
    let transformer = try RestorationModel(.init(hyperparameters: .transformer))
    #expect(transformer.blocks(.onePass, width: 5000, height: 5000).columns == 512)
    let uNet = try RestorationModel(.init(hyperparameters: .uNetSmall))
    #expect(uNet.blocks(.sample(), width: 700, height: 700).rows == 16)
    let error = #expect(throws: PictureSizeError.self) {
      try uNet.checkArea(width: 5000, height: 5000, .onePass)
    }
    #expect(error?.description.contains("a U-Net sees pictures as a whole") == true)
  }

  /// Blocks of columns and every decoding that there is.
  @Test(arguments: [RestorationHyperparameters.Trunk.convolutions, .uNet]) func blocksOfColumns(
    trunk: RestorationHyperparameters.Trunk
  ) throws {
    let model = try model(trunk: trunk)
    let isUNet = trunk == .uNet
    let blocks = (isUNet ? [70] : [1, 13, 40]).flatMap { [(20, $0), (9, $0)] }
    try check(
      model, [.onePass, .crisp(seed: 2, crispness: 0.5)], width: 70, height: 21, blocks: blocks)
    try check(model, Self.wavefronts, width: 70, height: 21, blocks: blocks)
    for decoding in [Decoding.onePass, .sample(), .crisp()] {
      try check(
        model, [decoding], width: 30, height: 14, pictures: 2,
        blocks: [(14, 13), (5, 30), (5, 8)].map { ($0.0, isUNet ? 30 : $0.1) }, withEntropies: true)
    }
  }

  /// A transformer's blocks of columns are the same in every band.
  @Test func wideTransformers() throws {
    let model = try model(trunk: .transformer)
    let inputs = randomPictures(1, width: 600, height: 20, channels: 3, seed: 4)
    for (decoding, withEntropies) in [
      (Decoding.onePass, false), (.onePass, true), (.mean, false),
    ] {
      let bits = try [20, 9, 4].map { rows in
        try self.bits(
          model, inputs, decoding, Blocks(rows: rows, columns: 512), withEntropies: withEntropies)
      }
      #expect(bits[1] == bits[0] && bits[2] == bits[0])
    }
  }

  @Test func randomNumbersOfABandAreThoseOfThePicture() {
    let key = RandomKey(seed: 3, stream: 2, step: 7)
    let all = Tensor<Float>(randomUniform: [50], key: key).scalars
    for start in [0, 1, 4, 7, 30] {
      let part = Tensor<Float>(randomUniform: [5, 4], startingAt: start, key: key)
      #expect(part.shape == [5, 4] && part.scalars == Array(all[start..<(start + 20)]))
    }
  }
}
