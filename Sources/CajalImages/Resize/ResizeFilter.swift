import CajalPlatform

/// The interpolation filter for resizing.
///
/// All filters align pixel centers: the center of output pixel `i` lies at
/// `(i + 0.5) * inputSide / outputSide` of the input.
public enum ResizeFilter: String, CaseIterable, Sendable, Hashable {
  /// The value of the input pixel that the output pixel's center lies in.
  case nearest
  /// A triangle over 2 pixels.
  case bilinear
  /// The cubic of Keys (1981) over 4 pixels with a = -0.5.
  case bicubic
  /// The cubic over 4 pixels with a = -0.75, as PyTorch's `interpolate` computes it: edge pixels
  /// are repeated outwards and making a picture smaller does not widen the filter.
  case bicubicRepeatingEdges
  /// A windowed sinc over 6 pixels.
  case lanczos3

  /// The distance from the center at which the filter ends, in pixels.
  var support: Double {
    switch self {
    case .nearest: 0.5
    case .bilinear: 1
    case .bicubic, .bicubicRepeatingEdges: 2
    case .lanczos3: 3
    }
  }

  /// The filter's value at a distance from its center.
  func weight(at distance: Double) -> Double {
    let x = abs(distance)
    guard x < support else { return 0 }
    switch self {
    case .nearest: return 1
    case .bilinear: return 1 - x
    case .bicubic: return Self.cubic(x, a: -0.5)
    case .bicubicRepeatingEdges: return Self.cubic(x, a: -0.75)
    case .lanczos3: return Self.sinc(x) * Self.sinc(x / 3)
    }
  }

  private static func cubic(_ x: Double, a: Double) -> Double {
    x < 1
      ? ((a + 2) * x - (a + 3)) * x * x + 1
      : a * (((x - 5) * x + 8) * x - 4)
  }

  private static func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : sin(.pi * x) / (.pi * x)
  }
}
