import CajalModels
import CajalTensor
import Foundation

/// A model small enough to be run hundreds of times.
func smallModel(
  _ change: (inout Img2ImgHyperparameters) -> Void = { _ in }, seed: UInt64 = 3,
  on device: Device = .cpu
) throws -> Img2ImgTransformer {
  var hyperparameters = Img2ImgHyperparameters.img2imgTransformer2DTiny.with {
    $0.hiddenSize = 16
    $0.filterSize = 20
    $0.numHeads = 2
    $0.numEncoderLayers = 1
    $0.numDecoderLayers = 2
    $0.imgLen = 4
    $0.queryShape = [2, 5]
    $0.memoryFlange = [1, 4]
    $0.blockLength = 8
    $0.blockWidth = 8
    $0.layerPrepostprocessDropout = 0
    // Larger than in training, so that every path matters.
    $0.initializerGain = 3
  }
  change(&hyperparameters)
  return try Img2ImgTransformer(
    hyperparameters, inputRows: 2, inputColumns: 2, seed: seed, on: device)
}

/// Random pixels.
func randomPixels(_ shape: Shape, seed: UInt64) -> Tensor<UInt8> {
  var random = RandomStream(RandomKey(seed: seed, stream: 77))
  return Tensor((0..<shape.count).map { _ in UInt8(random.nextWord() >> 24) }, shape: shape)
}

/// The ways to condition, shift and code that a decoder can be built with.
let variants: [@Sendable (inout Img2ImgHyperparameters) -> Void] = [
  { _ in },
  { $0.shift = .decodeOrder },
  {
    $0.conditioning = .aligned
    $0.shift = .decodeOrder
    $0.targetCoding = .residual
    $0.neighborEmbeddings = 4
  },
  {
    $0.layerPreprocessSequence = "none"
    $0.layerPostprocessSequence = "dan"
    $0.decAttentionType = .local1D
  },
  { $0.decAttentionType = .globalCausal },
  {
    $0.decAttentionType = .localBlock
    $0.pos = .embedding
  },
  {
    $0.decAttentionType = .dilated
    $0.gapSizes = [0, 3]
  },
  {
    $0.queryShape = [4, 12]
    $0.attentionKeyChannels = 6
    $0.attentionValueChannels = 10
    $0.numChannels = 1
  },
]

/// The numbers of tensor2tensor, if they lie beside the package.
func originalNumbers(_ file: String) -> Data? {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  return try? Data(contentsOf: root.appendingPathComponent("../shared/t2t/\(file)"))
}
