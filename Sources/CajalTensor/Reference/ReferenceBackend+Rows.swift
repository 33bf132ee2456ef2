import Foundation

extension ReferenceBackend {
  /// `result[i, :] = scale * table[indices[i], :]`
  package func gatherRows(
    _ table: UnsafePointer<Float>, _ indices: UnsafePointer<Int32>, scale: Float,
    _ result: UnsafeMutablePointer<Float>, count: Int, width: Int
  ) {
    for i in 0..<count {
      let row = unsafe Int(indices[i])
      for j in 0..<width {
        unsafe result[i * width + j] = unsafe row < 0 ? 0 : scale * table[row * width + j]
      }
    }
  }

  /// `table[indices[i], :] += scale * rows[i, :]`, in ascending order of i.
  package func scatterAddRows(
    _ rows: UnsafePointer<Float>, _ indices: UnsafePointer<Int32>, scale: Float,
    to table: UnsafeMutablePointer<Float>, count: Int, width: Int
  ) {
    for i in 0..<count where unsafe indices[i] >= 0 {
      unsafe addScaled(
        rows + i * width, scale: scale, to: table + Int(indices[i]) * width, count: width)
    }
  }

  /// Softmax of each row (its logarithm when `logarithm`).
  package func softmax(
    _ x: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>, rows: Int, width: Int,
    logarithm: Bool
  ) {
    for row in 0..<rows {
      let input = unsafe x + row * width
      let logSum = unsafe logSumExp(input, count: width)
      for j in 0..<width {
        let value = unsafe Double(input[j]) - logSum
        unsafe result[row * width + j] = Float(logarithm ? value : exp(value))
      }
    }
  }

  /// The gradient of softmax, `y (g - Σ g y)`, or of its logarithm, `g - exp(y) Σ g`.
  package func softmaxGradient(
    y: UnsafePointer<Float>, resultGradient: UnsafePointer<Float>,
    _ xGradient: UnsafeMutablePointer<Float>, rows: Int, width: Int, logarithm: Bool
  ) {
    for start in stride(from: 0, to: rows * width, by: max(width, 1)) {
      let row = start..<start + width
      let sum = row.reduce(0.0) { sum, i in
        unsafe sum + Double(resultGradient[i]) * (logarithm ? 1 : Double(y[i]))
      }
      for i in row {
        let g = unsafe Double(resultGradient[i])
        unsafe xGradient[i] = unsafe Float(
          logarithm ? g - exp(Double(y[i])) * sum : Double(y[i]) * (g - sum))
      }
    }
  }

  /// The natural logarithm of the sum of the exponentials, without overflow.
  func logSumExp(_ x: UnsafePointer<Float>, count: Int) -> Double {
    let maximum = (0..<count).reduce(-Double.infinity) {
      unsafe BinaryOperation.maximum($0, Double(x[$1]))
    }
    return maximum + log((0..<count).reduce(0.0) { unsafe $0 + exp(Double(x[$1]) - maximum) })
  }
}
