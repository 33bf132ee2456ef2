import Cajal
import CajalSupport
import Foundation
import Testing

/// A normalization for other pictures than the model's is an error before anything is trained or
/// decoded.
@Suite struct NormalizationChannelTests {
  /// A problem in color that normalizes one channel.
  private struct OneChannel: Problem {
    let name = "one-channel"
    let inputShape = PixelShape(square: 4)
    let targetShape = PixelShape(square: 4)
    var normalization: PixelNormalization? { PixelNormalization(mean: [9], standardDeviation: [3]) }

    func example(from crop: Image, using random: inout RandomStream) -> Example {
      Example(input: crop, target: crop)
    }
  }

  @Test func aModelForOtherChannels() throws {
    try withRunFolder { folder in
      let data = try smallData(in: folder.path)
      var trainer = try smallTrainer(run: folder.path + "/run")
      trainer.model.normalization = PixelNormalization(mean: [9], standardDeviation: [3])
      let error = #expect(throws: HyperparameterError.self) { try trainer.fit(data, steps: 1) }
      #expect(error?.name == "num_channels")
      #expect(!Files.exists(folder.path + "/run"))
      let inputs = Tensor<UInt8>([UInt8](repeating: 7, count: 12), shape: [1, 2, 2, 3])
      for decoding in [Decoding.greedy, .zeroTarget] {
        #expect(throws: HyperparameterError.self) {
          try trainer.model.decode(inputs, decoding: decoding)
        }
      }
    }
  }

  @Test func aProblemForOtherChannels() throws {
    let expected = ProblemError.unfitNormalization(
      problem: "one-channel", channels: 1, expected: 3)
    #expect(throws: expected) { try Img2ImgTransformer(.cajal2DTiny, for: OneChannel()) }
    try withRunFolder { folder in
      #expect(throws: expected) {
        try OneChannel().generateData(
          from: SyntheticTissue.sections(3, size: 32), to: folder.path + "/data")
      }
      #expect(!Files.exists(folder.path + "/data"))
    }
  }
}
