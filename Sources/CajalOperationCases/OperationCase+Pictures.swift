import CajalAutodiff
public import CajalTensor

extension OperationCase {
  /// Operations on pictures `[images, rows, columns, channels]`.
  static var pictures: [OperationCase] { convolutions + blocks + groupNorms }

  /// Kernels, strides, paddings and groups, at channels around those of vectors and panels.
  private static var convolutions: [OperationCase] {
    let windows: [(kernel: (Int, Int), stride: Int, padding: Int)] = [
      ((1, 1), 1, 0), ((3, 3), 1, 1), ((3, 3), 1, 0), ((3, 3), 2, 1), ((5, 5), 1, 2),
      ((4, 4), 2, 1), ((3, 5), 1, 2), ((2, 2), 2, 0), ((1, 1), 2, 0), ((3, 3), 4, 1),
      ((7, 1), 1, 0),
    ]
    let windowed = windows.flatMap { window in
      [(1, 1), (3, 5), (2, 17), (17, 2)].map { channels, results in
        convolution(
          [2, 7, 6, channels], kernel: window.kernel, results: results, stride: window.stride,
          padding: window.padding)
      }
    }
    let channels = [1, 3, 16, 33, 48, 64, 96, 130]
    let wide = channels.flatMap { a in
      channels.filter { $0 == a || a == 3 || $0 == 3 }.map {
        convolution([2, 8, 8, a], kernel: (3, 3), results: $0, stride: 1, padding: 1)
      }
    }
    let grouped = [(4, 4, 4), (6, 4, 2), (32, 16, 2), (48, 96, 3)].flatMap { a, b, groups in
      [1, 2].map {
        convolution(
          [2, 5, 6, a], kernel: (3, 3), results: b, stride: $0, padding: 1, groups: groups)
      }
    }
    let large = [
      convolution([1, 33, 31, 16], kernel: (3, 3), results: 16, stride: 1, padding: 1),
      convolution([40, 4, 4, 8], kernel: (3, 3), results: 8, stride: 1, padding: 1),
      convolution([3, 20, 20, 200], kernel: (3, 3), results: 24, stride: 1, padding: 1),
      convolution([0, 4, 4, 3], kernel: (3, 3), results: 2, stride: 1, padding: 1),
      // Sums in parts, of which those of the phases of a stride differ in length.
      convolution([2, 7, 9, 37], kernel: (3, 3), results: 41, stride: 2, padding: 1),
      convolution([1, 5, 7, 66], kernel: (3, 5), results: 102, stride: 1, padding: 1, groups: 3),
    ]
    // In one part, in several, of few channels, and as a product.
    let shapes: [(Shape, window: Int, groups: Int)] = [
      ([2, 40, 40, 13], 3, 1), ([2, 7, 9, 37], 3, 1), ([2, 5, 6, 4], 3, 4), ([2, 8, 9, 20], 1, 1),
    ]
    let fused = shapes.flatMap { shape, window, groups in
      [
        reluConvolution(shape, window: window, groups: groups),
        residualConvolution(shape, window: window, groups: groups),
      ]
    }
    return windowed + wide + grouped + large + fused
  }

  /// A convolution with bias.
  public static func convolution(
    _ shape: Shape, kernel: (Int, Int), results: Int, stride: Int, padding: Int, groups: Int = 1
  ) -> OperationCase {
    let channels = shape[3]
    let positions = { (extent: Int, kernel: Int) in (extent + 2 * padding - kernel) / stride + 1 }
    let places = shape[0] * positions(shape[1], kernel.0) * positions(shape[2], kernel.1)
    let taps = kernel.0 * kernel.1 * channels / groups
    return OperationCase(
      """
      convolution \(kernel.0) × \(kernel.1) of \(shape) to \(results), stride \(stride), \
      padding \(padding)\(groups == 1 ? "" : ", \(groups) groups")
      """,
      [Input(shape), Input([kernel.0, kernel.1, channels / groups, results]), Input([results])],
      terms: max(taps, kernel.0 * kernel.1 * results, places), flops: 2 * places * taps * results
    ) {
      $0[0].convolution2D(
        $0[1], bias: $0[2], stride: stride, padding: padding, groups: groups)
    }
  }

  /// A convolution with bias and relu, which channels leave and clear in turn.
  public static func reluConvolution(
    _ shape: Shape, window: Int, groups: Int
  ) -> OperationCase {
    // Far enough from the corner that no sum gets there.
    let offset = Float(window * window * shape[3] / groups + 2)
    let signs = (0..<shape[3]).map { $0 % 2 == 0 ? offset : -offset }
    return convolution("relu of a convolution", shape, window: window, groups: groups) {
      let away = $0[2].tape.constant(Tensor(signs, on: $0[2].value.device))
      return $0[0].convolution2D(
        $0[1], bias: $0[2] + away, padding: window / 2, groups: groups, activation: .relu)
    }
  }

  /// Pictures and their convolution, so that two gradients meet.
  public static func residualConvolution(
    _ shape: Shape, window: Int, groups: Int
  ) -> OperationCase {
    convolution("pictures and a convolution", shape, window: window, groups: groups) {
      $0[0] + $0[0].convolution2D($0[1], bias: $0[2], padding: window / 2, groups: groups)
    }
  }

  /// A function of pictures, a kernel that keeps their shape, and a bias.
  private static func convolution(
    _ name: String, _ shape: Shape, window: Int, groups: Int,
    _ function: @escaping @Sendable ([Variable]) -> Variable
  ) -> OperationCase {
    let taps = window * window * shape[3] / groups
    let places = shape[0] * shape[1] * shape[2]
    return OperationCase(
      "\(name) \(window) × \(window) of \(shape), \(groups) groups",
      [Input(shape), Input([window, window, shape[3] / groups, shape[3]]), Input([shape[3]])],
      terms: max(window * window * shape[3], places), flops: 2 * places * taps * shape[3],
      function)
  }

  /// Up-sampling and pooling.
  private static var blocks: [OperationCase] {
    let shapes: [Shape] = [[1, 1, 1, 1], [2, 3, 5, 3], [1, 4, 2, 17], [3, 2, 2, 64]]
    return shapes.flatMap { shape in
      [1, 2, 3, 4].flatMap { factor -> [OperationCase] in
        let large: Shape = [shape[0], shape[1] * factor, shape[2] * factor, shape[3]]
        let deep: Shape = [shape[0], shape[1], shape[2], shape[3] * factor * factor]
        return [
          OperationCase(
            "nearest up-sampling of \(shape) by \(factor)", [Input(shape)], terms: factor * factor,
            flops: large.count
          ) { $0[0].upsampledNearest(factor: factor) },
          OperationCase(
            "average pooling of \(large) by \(factor)", [Input(large)], terms: factor * factor,
            flops: large.count
          ) { $0[0].averagePooled(factor: factor) },
          OperationCase("pixel shuffle of \(deep) by \(factor)", [Input(deep)], flops: 0) {
            $0[0].pixelShuffled(factor: factor)
          },
        ]
      }
    }
  }

  /// Normalization of groups of channels.
  private static var groupNorms: [OperationCase] {
    let cases: [(Shape, groups: Int)] = [
      ([1, 1, 1, 2], 1), ([2, 3, 2, 3], 3), ([2, 3, 5, 6], 2), ([1, 8, 8, 64], 8),
      ([3, 4, 4, 17], 17), ([2, 9, 8, 33], 1), ([4, 5, 12], 4),
    ]
    return cases.map { groupNorm($0, groups: $1) }
  }

  /// Group normalization.
  public static func groupNorm(_ shape: Shape, groups: Int) -> OperationCase {
    let channels = shape[-1]
    return OperationCase(
      "group norm of \(shape) in \(groups)",
      [Input(shape, in: -2...2), Input([channels]), Input([channels])],
      terms: shape.count, flops: 8 * shape.count
    ) { $0[0].groupNorm(scale: $0[1], bias: $0[2], groups: groups, epsilon: 0.25) }
  }
}
