import CajalTensor
import Foundation

/// The outline of a cell body: an ellipse with a few blunt corners, at a random angle.
struct CellOutline {
  private let radius: Float
  private let stretch: Float
  private let corners: Float
  private let phase: Float
  private let cosine: Float
  private let sine: Float

  /// An outline whose shorter half axis is about `radius` pixels.
  init(radius: Float, using random: inout RandomStream) {
    self.radius = radius
    let angle = Float.pi * random.nextUniform()
    (cosine, sine) = (cos(angle), sin(angle))
    stretch = 1 + 0.55 * random.nextUniform()
    corners = 2 + (random.nextUniform() * 3).rounded(.down)
    phase = 2 * Float.pi * random.nextUniform()
  }

  /// The maximum distance of the outline from the center, in pixels.
  var reach: Int { Int((radius * stretch + 2).rounded(.up)) }

  /// The coverage of the pixel at an offset from the center by the cell, and its relative distance:
  /// 0 at the center, 1 on the outline.
  func cover(_ dx: Float, _ dy: Float) -> (cover: Float, distance: Float) {
    let along = (dx * cosine + dy * sine) / stretch
    let across = dy * cosine - dx * sine
    let distance = (along * along + across * across).squareRoot()
    // Most pixels are far from the corners' reach; they need no angle.
    guard distance < 1.07 * radius + 1 else { return (0, 2) }
    let edge = radius * (1 + 0.07 * cos(corners * atan2(across, along) + phase))
    return (max(0, min(1, (edge - distance) / 1.5 + 0.5)), distance / edge)
  }
}
