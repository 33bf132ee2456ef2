import CajalLayers
import CajalTensor

extension Img2ImgTransformer {
  /// The distribution of a sub-pixel.
  public var distribution: any OutputDistribution {
    hyperparameters.distribution(inputRows: inputRows, inputColumns: inputColumns)
  }

  /// The codes of normalized targets in decoding order, `[batch, positions]`.
  ///
  /// - Parameters:
  ///   - targets: `[batch, img_len, img_len, channels]`.
  ///   - enlarged: the rasters of ``enlarged(_:)``.
  func codesInDecodeOrder(_ targets: Tensor<UInt8>, enlarged: [UInt8]?) -> Tensor<Int32> {
    let batch = targets.shape[0]
    let values = inDecodeOrder(targets.scalars, batch: batch)
    let bases = enlarged.map { inDecodeOrder($0, batch: batch) }
    return distribution.codes(of: values, bases: bases).reshaped([batch, decodeOrder.count])
  }

  /// The sub-pixels of rasters in decoding order, as values and bases of the distribution:
  /// `[batch, positions, 1]`.
  func inDecodeOrder(_ rasters: [UInt8], batch: Int) -> Tensor<Int32> {
    let order = decodeOrder
    var values = [Int32](repeating: 0, count: batch * order.count)
    for start in stride(from: 0, to: values.count, by: order.count) {
      for (position, plane) in order.enumerated() {
        values[start + position] = Int32(rasters[start + plane])
      }
    }
    return Tensor(values, shape: [batch, order.count, 1])
  }
}

extension Img2ImgHyperparameters {
  /// The distribution of a model for inputs of this size.
  func distribution(inputRows: Int, inputColumns: Int) -> any OutputDistribution {
    switch targetCoding {
    case .value: CategoricalDistribution(classes: ChannelEmbedding.levels)
    case .residual:
      ResidualDistribution(
        levels: ChannelEmbedding.levels, isEnlarged: inputRows < imgLen || inputColumns < imgLen)
    }
  }

  /// The number of network outputs per sub-pixel. As any weight, the output layer does not depend
  /// on the size of the input.
  var outputWidth: Int { distribution(inputRows: imgLen, inputColumns: imgLen).width }
}
