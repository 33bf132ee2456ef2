import CajalTensor

/// A value of a finished picture.
protocol RestoredValue: Sendable {
  /// The value of a number from 0 to 255 that may be beyond either end.
  init(restored number: Float)
}

extension UInt8: RestoredValue {
  /// The nearest value.
  init(restored number: Float) {
    self = UInt8(Swift.max(0, Swift.min(255, number.rounded(.toNearestOrEven))))
  }
}

/// For tests, which compare bits before anything is rounded.
extension Float: RestoredValue {
  init(restored number: Float) { self = number }
}

/// Finished rows of pictures.
struct RestoredBand<Value: RestoredValue> {
  /// The row of the inputs that they begin with.
  let firstRow: Int
  /// The values of each picture, row by row.
  private(set) var values: [[Value]]
  /// The entropies of the distributions of each picture's pixels in nats, where they are wanted.
  private(set) var entropies: [[Float]]?
  let rows: Int, columns: Int
  private let channels: Int

  init(
    firstRow: Int, pictures: Int, rows: Int, columns: Int, channels: Int, withEntropies: Bool
  ) {
    self.firstRow = firstRow
    (self.rows, self.columns, self.channels) = (rows, columns, channels)
    let zeros = [Value](repeating: Value(restored: 0), count: rows * columns * channels)
    values = Array(repeating: zeros, count: pictures)
    if withEntropies {
      entropies = Array(repeating: [Float](repeating: 0, count: rows * columns), count: pictures)
    }
  }

  /// Sets all rows of some columns, of which `first` is the first, from pictures
  /// `[batch, rows, columns, channels]`.
  mutating func set(_ pictures: Tensor<Float>, columns first: Int) {
    let width = pictures.shape[2] * channels
    pictures.copied(to: .cpu).withSpan { numbers in
      for picture in values.indices {
        for row in 0..<rows {
          let (from, to) = ((picture * rows + row) * width, (row * columns + first) * channels)
          for index in 0..<width {
            values[picture][to + index] = Value(restored: numbers[from + index])
          }
        }
      }
    }
  }

  /// Sets the entropies of all rows of some columns.
  mutating func set(entropies numbers: [Double], of region: Region, columns first: Int) {
    let width = region.columns.count
    for picture in values.indices {
      for row in 0..<rows {
        let (from, to) = ((picture * rows + row) * width, row * columns + first)
        for index in 0..<width {
          entropies?[picture][to + index] = Float(numbers[from + index])
        }
      }
    }
  }

  /// Sets a pixel of a picture.
  mutating func set(
    picture: Int, row: Int, column: Int, _ numbers: Span<Float>, at start: Int
  ) {
    let place = (row * columns + column) * channels
    for channel in 0..<channels {
      values[picture][place + channel] = Value(restored: numbers[start + channel])
    }
  }

  /// Sets the entropy of a pixel of a picture.
  mutating func set(picture: Int, row: Int, column: Int, entropy: Double) {
    entropies?[picture][row * columns + column] = Float(entropy)
  }
}
