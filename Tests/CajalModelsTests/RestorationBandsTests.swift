import CajalAutodiff
import CajalImages
import CajalLayers
import CajalTensor
import TestBackends
import Testing

@testable import CajalModels

/// Pictures that are restored in bands of rows have the bits of the whole picture at once.
@Suite struct RestorationBandsTests {
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

  /// The bits of finished rows, before anything is rounded.
  private func bits(
    _ model: RestorationModel, _ inputs: [Image], _ decoding: Decoding, rowsPerBand: Int
  ) throws -> [UInt32] {
    var rows = RestoredRows(
      model, PreparedRows(inputs, model.configuration), decoding, firstPicture: 3,
      rowsPerBand: rowsPerBand)
    var parts: [Tensor<Float>] = []
    while let part = try rows.next(progress: { _ in }) { parts.append(part) }
    #expect(parts.count == (inputs[0].height + rowsPerBand - 1) / rowsPerBand)
    return Tensor.concatenate(parts, axis: 1).scalars.map(\.bitPattern)
  }

  private func check(
    _ model: RestorationModel, _ decodings: [Decoding], width: Int, height: Int, pictures: Int = 1,
    rowsPerBand: [Int]
  ) throws {
    let inputs = randomPictures(
      pictures, width: width, height: height, channels: model.channels, seed: 4)
    for decoding in decodings {
      let whole = try bits(model, inputs, decoding, rowsPerBand: height)
      for rows in rowsPerBand {
        #expect(
          try bits(model, inputs, decoding, rowsPerBand: rows) == whole,
          "\(decoding.name), \(width)×\(height) in bands of \(rows)")
      }
    }
  }

  @Test(arguments: RestorationCase.all) func everyKindOfPicture(kind: RestorationCase) throws {
    let model = try model(kind)
    try check(
      model, [.onePass, .crisp(), .crisp(seed: 2)], width: 5, height: 59, pictures: 2,
      rowsPerBand: [1, 7, 16, 30])
    try check(
      model, Self.wavefronts, width: 2, height: kind.ratio == 8 ? 31 : 47,
      rowsPerBand: kind.ratio == 8 ? [9] : [5, 23])
  }

  /// A block of one row has fewer rows than pixels depend on.
  @Test func bandsOfOneRow() throws {
    for ratio in [2, 4] {
      try check(
        try model(RestorationCase(ratio: ratio)), Self.wavefronts, width: 3, height: 9,
        pictures: 2, rowsPerBand: [1, 2])
    }
  }

  @Test(arguments: RestorationHyperparameters.Trunk.allCases, devices.indices)
  func everyLevelOfInstructions(
    trunk: RestorationHyperparameters.Trunk, device: Int
  ) throws {
    let model = try model(trunk: trunk, on: Self.devices[device])
    for (width, height) in [(1, 150), (6, 71), (16, 90), (33, 151)] {
      try check(model, [.onePass], width: width, height: height, rowsPerBand: [1 + width, 20, 64])
    }
    try check(model, [.mean], width: 4, height: 50, rowsPerBand: [11])
  }

  @Test(arguments: RestorationHyperparameters.Trunk.allCases)
  func otherDevices(trunk: RestorationHyperparameters.Trunk) throws {
    for device in [Device(ReferenceBackend()), Device(FaultingBackend()), Device(LateBackend())] {
      try check(
        try model(trunk: trunk, on: device), [.onePass, .mean], width: 3, height: 40,
        rowsPerBand: [9])
    }
  }

  @Test(arguments: [Decoding.onePass, .crisp(seed: 1), .sample(temperature: 0.8, seed: 5)])
  func threadsDoNotMatter(decoding: Decoding) throws {
    let model = try model(RestorationCase(ratio: 4))
    let inputs = randomPictures(2, width: 40, height: 48, channels: 3, seed: 6)
    let whole = try model.pictures(inputs, decoding, rowsPerBand: 48)
    #expect(try model.predict(inputs, decoding: decoding, progress: nil) == whole)
    for threads in [1, 2, 3] {
      let banded = try Threads.limited(to: threads) {
        try model.pictures(inputs, decoding, rowsPerBand: 13)
      }
      #expect(banded == whole)
    }
  }

  @Test func bandsAreTheirTrunks() throws {
    let base = try RestorationModel(.init(hyperparameters: .base)).network.trunk
    #expect(base.reach(columns: 100) == RowReach(rows: 52, alignment: 4))
    let transformer = try RestorationModel(.init(hyperparameters: .transformer)).network.trunk
    for (columns, alignment) in [(64, 8), (8, 8), (20, 16), (4, 16), (33, 64)] {
      #expect(
        transformer.reach(columns: columns) == RowReach(rows: 56, alignment: alignment))
    }
    let uNet = try RestorationModel(.init(hyperparameters: .uNetSmall)).network.trunk
    #expect(uNet.reach(columns: 9) == nil)
  }

  @Test func bandsCoverThePicture() {
    let reach = RowReach(rows: 12, alignment: 8)
    #expect(
      RowBand.bands(height: 70, rowsPerBand: 25, reach: reach) == [
        RowBand(rows: 0..<25, seen: 0..<40), RowBand(rows: 25..<50, seen: 8..<64),
        RowBand(rows: 50..<70, seen: 32..<70),
      ])
    #expect(
      RowBand.bands(height: 9, rowsPerBand: 5, reach: nil) == [
        RowBand(rows: 0..<5, seen: 0..<9), RowBand(rows: 5..<9, seen: 0..<9),
      ])
  }

  /// Tiles are restored at once, many together; large pictures in bands that fit the limit.
  @Test func largePicturesAreRestoredInBands() throws {
    let model = try RestorationModel(.init(hyperparameters: .base))
    let tile = RestorationModel.Bands(model, .sample(), width: 8, height: 8)
    #expect(tile.rows == 8 && tile.picturesAtOnce > 16)
    for decoding in [Decoding.onePass, .sample()] {
      let tall = RestorationModel.Bands(model, decoding, width: 256, height: 100_000)
      #expect(tall.picturesAtOnce == 1 && (52..<500).contains(tall.rows))
      let wide = RestorationModel.Bands(model, decoding, width: 100_000, height: 500)
      #expect(wide.rows == 52)
    }
    let uNet = try RestorationModel(.init(hyperparameters: .uNetSmall))
    #expect(RestorationModel.Bands(uNet, .sample(), width: 5000, height: 500).rows == 16)
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
