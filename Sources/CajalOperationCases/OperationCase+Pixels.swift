import CajalAutodiff
package import CajalTensor

extension OperationCase {
  /// Distributions of pixels, and what is known of them.
  static var pixels: [OperationCase] { mixtures + contexts }

  private static var mixtures: [OperationCase] {
    let sizes = [(1, 1), (2, 3), (5, 5), (3, 17), (5, 37)]
    return (1...3).flatMap { channels in
      sizes.flatMap { components, rows -> [OperationCase] in
        let geometry = LogisticMixtureGeometry(
          components: components, channels: channels, unit: 8, logScales: -5...4)
        let tensor2tensor = LogisticMixtureGeometry(
          components: components, channels: channels, unit: 127.5, logScales: -7...Float.infinity,
          layout: .byKind, bins: .densityBelow1e5)
        return [
          logisticMixture(geometry, rows: rows),
          logisticMixture(tensor2tensor, rows: rows),
        ]
      }
    }
  }

  /// The negative log-likelihood of pixels, some of them with the first or the last value.
  package static func logisticMixture(
    _ geometry: LogisticMixtureGeometry, rows: Int
  ) -> OperationCase {
    let count = rows * geometry.channels
    // Locations within two units of the values, where derivatives are moderate.
    let values = (0..<count).map { index -> Int32 in
      switch index % 7 {
      case 3: 0
      case 5: 255
      default: Int32(index * 89 % 256)
      }
    }
    let locations = values.enumerated().map { index, value -> Float in
      let distance = Float(index * 37 % 64) / 32 - 1
      return Float(value) + geometry.unit * distance
    }
    return OperationCase(
      """
      mixture of \(geometry.components) logistics of \(rows) pixels of \(geometry.channels)\
      \(geometry.layout == .byKind ? ", tensor2tensor's" : "")
      """, [Input([rows, geometry.width])], terms: 4 * geometry.components,
      flops: 20 * rows * geometry.width
    ) {
      let device = $0[0].value.device
      let shape: Shape = [rows, geometry.channels]
      return $0[0].logisticMixtureLosses(
        values: Tensor(values, shape: shape, on: device),
        locations: Tensor(locations, shape: shape, on: device), geometry)
    }
  }

  private static var contexts: [OperationCase] {
    [1, 2, 3].flatMap { channels in
      [nil, 1, 2, 3, 4, 8].flatMap { ratio in
        let side = (ratio ?? 1) * 2
        let geometry = CausalContextGeometry(
          images: 2, rows: side, columns: side * 2, channels: channels, ratio: ratio)
        return [false, true].map { causalContext(geometry, count: 37, showsOthers: $0) }
      }
    }
  }

  /// What is known of random pixels of random pictures, plus a variable: the context itself is
  /// data and has no derivative. Perhaps other neighbors than the targets' are shown.
  package static func causalContext(
    _ geometry: CausalContextGeometry, count: Int, showsOthers: Bool = false
  ) -> OperationCase {
    let shape = geometry.pictureShape
    let ratio = geometry.ratio ?? 1
    let inputShape: Shape = [shape[0], shape[1] / ratio, shape[2] / ratio, shape[3]]
    func key(_ stream: UInt32) -> RandomKey { RandomKey(seed: 5, stream: stream) }
    func numbers(_ shape: Shape, _ stream: UInt32) -> [Float] {
      Tensor<Float>(randomUniform: shape, low: 0, high: 255, key: key(stream)).scalars
    }
    let (targets, means) = (numbers(shape, 1).map { $0.rounded() }, numbers(shape, 2))
    let inputs = numbers(inputShape, 3).map { $0.rounded() }
    let shown = numbers(shape, 6)
    let pixels = Tensor<Int32>(randomBelow: geometry.pixelCount, shape: [count], key: key(4))
    return OperationCase(
      """
      causal context of \(count) pixels of \(shape), \
      \(geometry.ratio.map { "blocks of \($0)" } ?? "no blocks")\(showsOthers ? ", others shown" : "")
      """, [Input([1])], terms: count * geometry.width, flops: count * geometry.width
    ) {
      let device = $0[0].value.device
      let context = Tensor(targets, shape: shape, on: device).causalContext(
        means: Tensor(means, shape: shape, on: device),
        inputs: geometry.ratio == nil ? nil : Tensor(inputs, shape: inputShape, on: device),
        pixels: pixels.copied(to: device),
        shown: showsOthers ? Tensor(shown, shape: shape, on: device) : nil)
      return $0[0].tape.constant(context) + $0[0]
    }
  }
}
