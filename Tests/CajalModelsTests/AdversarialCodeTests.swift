import CajalAutodiff
import CajalImages
import CajalSupport
import CajalTensor
import Testing

@testable import CajalModels

/// Codes of adversarial fine-tuning: what pictures vary with, and what the discriminator tells.
@Suite struct AdversarialCodeTests {
  private static let trunks = RestorationHyperparameters.Trunk.allCases

  private func model(
    code: Int, trunk: RestorationHyperparameters.Trunk = .convolutions
  ) throws -> RestorationModel {
    try smallRestoration(RestorationCase(ratio: 2), trunk: trunk) {
      $0.adversarialWeight = 0.03
      $0.adversarialCode = code
    }
  }

  private func crisp(
    _ model: RestorationModel, _ inputs: [Image], seed: UInt64?
  ) throws -> [Image] {
    try model.predict(inputs, decoding: .crisp(seed: seed), progress: nil)
  }

  @Test(arguments: trunks) func picturesVaryWithTheirCodes(
    trunk: RestorationHyperparameters.Trunk
  ) throws {
    var model = try model(code: 3, trunk: trunk)
    let picture = randomPictures(1, width: 5, height: 4, channels: 3, seed: 1)[0]
    let inputs = [picture, picture, picture]
    let zero = try crisp(model, inputs, seed: nil)
    let drawn = try crisp(model, inputs, seed: 7)
    #expect(zero[0] == zero[1])
    #expect(drawn[0] != zero[0] && drawn[0] != drawn[1] && drawn[1] != drawn[2])
    #expect(try crisp(model, inputs, seed: 8)[0] != drawn[0])
    #expect(try crisp(model, [picture], seed: 7) == [drawn[0]])
    for threads in [1, 2] {
      #expect(try Threads.limited(to: threads) { try crisp(model, inputs, seed: 7) } == drawn)
    }

    // Without what codes add, every code is zero.
    let kernel = try #require(model.layout["crisp/code/kernel"])
    model.parameters.buffers[kernel.group].write(
      Tensor(zeros: kernel.shape, on: .cpu), at: kernel.offset)
    #expect(try crisp(model, inputs, seed: 7) == zero)
    #expect(try crisp(model, inputs, seed: nil) == zero)
  }

  @Test func codesAreUniformAndOfTheirPicture() throws {
    let model = try model(code: 2)
    let codes = try #require(model.codes(4000, seed: 1, step: 5, on: .cpu))
    let scalars = codes.scalars.map(Double.init)
    #expect(codes.shape == [4000, 2] && scalars.allSatisfy { (-1..<1).contains($0) })
    #expect(abs(scalars.reduce(0, +) / 8000) < 0.03)
    #expect(abs(scalars.reduce(0) { $0 + $1 * $1 } / 8000 - 1.0 / 3) < 0.02)
    #expect(model.codes(4000, seed: 1, step: 5, on: .cpu) == codes)
    #expect(model.codes(4000, seed: 1, step: 6, on: .cpu) != codes)
    #expect(try self.model(code: 0).codes(2, seed: 1, step: 5, on: .cpu) == nil)
  }

  @Test func aModelWithoutCodesSaysHowToGetThem() throws {
    let model = try model(code: 0)
    let inputs = randomPictures(1, width: 2, height: 2, channels: 3, seed: 1)
    _ = try crisp(model, inputs, seed: nil)
    let error = #expect(throws: PredictionError.self) { try crisp(model, inputs, seed: 1) }
    #expect(
      error?.description == """
        the model has no code that a seed could draw for crisp pictures; leave out the seed, or \
        fine-tune with cajal train --initialize-from RUN --adversarial 0.02 --adversarial-code 4
        """)
  }

  @Test func settingsWithoutEffect() throws {
    var set = RestorationHyperparameters()
    #expect(
      set.reasonForNoEffect(of: "adversarial_code") == "has no effect without adversarial_weight")
    set.adversarialWeight = 0.03
    #expect(set.reasonForNoEffect(of: "adversarial_code") == nil)
    #expect(
      set.reasonForNoEffect(of: "adversarial_code_weight")
        == "has no effect without adversarial_code")
    set.adversarialCode = 65
    let error = #expect(throws: HyperparameterError.self) { try set.validate() }
    #expect(error?.description.contains("adversarial_code") == true)
    #expect(error?.description.contains("is from 0 to 64, not 65") == true)
  }
}
