import CajalAutodiff
import CajalLayers
import CajalTensor
import Foundation
import Testing

@Suite struct PositionSignalTests {
  /// The formula, channel by channel; the last channels of a width that 4 does not divide get
  /// nothing.
  @Test(arguments: [8, 10, 16, 19]) func timing(width: Int) {
    let (rows, columns) = (3, 5)
    let order = SequenceOrder.raster(rows: rows, columns: columns)
    let signal = PositionSignal(timing: width, columns: columns, order: order.planePositions)
    let pass = ForwardPass(tape: Tape(), parameters: ParameterValues([Tensor([0])]))
    let values = signal.values(pass)
    let timescales = width / 4
    for row in 0..<rows {
      for column in 0..<columns {
        for channel in 0..<width {
          let axis = channel / (2 * timescales)
          var expected = 0.0
          if axis < 2 {
            let j = channel % timescales
            let inverse = exp(-Double(j) * log(10_000) / Double(timescales - 1))
            let angle = Double(axis == 0 ? row : column) * inverse
            expected = channel / timescales % 2 == 0 ? sin(angle) : cos(angle)
          }
          // Angles up to 5 are rounded to float32.
          #expect(abs(Double(values[row * columns + column, channel]) - expected) < 1e-6)
        }
      }
    }
  }
}
