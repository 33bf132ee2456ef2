import CajalSupport
import CajalImages
import CajalTensor
import Synchronization

/// Makes batches with several input sizes, using one weightless model per size.
final class Img2ImgBatchMaker: Sendable {
  private let models: Mutex<[[Int]: Img2ImgTransformer]>
  private let model: Img2ImgTransformer

  init(_ model: Img2ImgTransformer) {
    self.model = model.withoutWeights
    models = Mutex([[model.inputRows, model.inputColumns]: self.model])
  }

  /// A batch of pictures, which have the model's channels.
  func batch(inputs: [Image], targets: [Image]) throws -> Img2ImgBatch {
    let model = model(forInputs: inputs[0].height, inputs[0].width)
    return model.batch(inputs: Self.tensor(inputs), targets: Self.tensor(targets))
  }

  private func model(forInputs rows: Int, _ columns: Int) -> Img2ImgTransformer {
    models.withLock { models in
      if let known = models[[rows, columns]] { return known }
      let made = model.forInputs(rows: rows, columns: columns)
      models[[rows, columns]] = made
      return made
    }
  }

  private static func tensor(_ images: [Image]) -> Tensor<UInt8> {
    let first = images[0]
    require(
      images.allSatisfy {
        ($0.height, $0.width, $0.channels) == (first.height, first.width, first.channels)
      }, "the pictures of a batch have one size")
    return Tensor(
      images.flatMap(\.pixels), shape: [images.count, first.height, first.width, first.channels])
  }
}
