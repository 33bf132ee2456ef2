import Cajal
import CajalSupport
import Foundation
import Testing

/// Evaluating models of pictures of any size with context.
@Suite struct EvaluationContextTests {
  @Test func centersAreCompared() throws {
    let folder = NSTemporaryDirectory() + "cajal-context-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let pictures = ([1, 2] as [UInt64]).map { seed in
      Picture(name: "\(seed)") { SyntheticTissue.section(seed: seed, width: 96, height: 96) }
    }
    let problem = try AllenBrain(.upsampling(from: 3, to: 12))
      .setting(["tile_size": "48", "tissue": "everything"])
    let data = try problem.generateData(from: .pictures(pictures), to: folder)
    let wider = try data.withEvaluationContext(4)
    let model = try RestorationModel(
      .small.with {
        $0.trunkWidth = 8
        $0.headWidth = 8
      }, for: data.problem)
    let evaluation = try Evaluation(model, on: wider, examples: 0..<3)
    #expect(evaluation.context == 4 && evaluation.nats.isFinite)
    let pairs = try wider.evaluationExamples[..<3].map { try $0.example() }
    #expect(pairs.allSatisfy { $0.input.width == 11 && $0.target.width == 44 })
    func center(_ image: Image) -> Image { image.cropped(x: 16, y: 16, width: 12, height: 12) }
    #expect(evaluation.predictions == (try model.predict(pairs.map(\.input)).map(center)))
    let lanczos = pairs.map {
      center($0.input.resized(width: 44, height: 44, filter: .lanczos3))
    }
    let method = Evaluation.Method("lanczos3", lanczos, pairs.map { center($0.target) })
    let measured = try #require(evaluation.methods.last)
    #expect(measured.name == "lanczos3" && measured.meanPSNR == method.meanPSNR)
    // The filter knows more than without the context.
    let alone = pairs.map { pair in
      pair.input.cropped(x: 4, y: 4, width: 3, height: 3)
        .resized(width: 12, height: 12, filter: .lanczos3)
    }
    #expect(
      Evaluation.Method("alone", alone, pairs.map { center($0.target) }).meanPSNR
        < method.meanPSNR)
    let fixed = try Img2ImgTransformer(.cajal2DTiny, for: data.problem)
    #expect(
      message { _ = try Evaluation(fixed, on: wider, examples: 0..<1) }.contains(
        "takes pictures of one size"))
  }
}
