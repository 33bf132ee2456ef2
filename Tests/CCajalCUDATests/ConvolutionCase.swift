import CCajalCUDA

/// A convolution with numbers, and what plain loops make of them.
struct ConvolutionCase {
  let geometry: cajal_cuda_convolution
  /// Pictures, kernel, bias, the result's gradient, and memory for the result and the gradient of
  /// the pictures.
  let operands: [[Float]]

  init(_ geometry: cajal_cuda_convolution) {
    self.geometry = geometry
    let (rows, columns) = (geometry.rows, geometry.columns)
    let pictures = Int(geometry.images * rows.extent * columns.extent * geometry.channels)
    let results = Int(geometry.images * rows.result * columns.result * geometry.result_channels)
    let taps = rows.kernel * columns.kernel * geometry.channels / geometry.groups
    operands = [
      numbers(pictures, seed: 1), numbers(Int(taps * geometry.result_channels), seed: 2),
      numbers(Int(geometry.result_channels), seed: 3), numbers(results, seed: 4),
      [Float](repeating: .nan, count: results), [Float](repeating: .nan, count: pictures),
    ]
  }

  /// Positions of all results.
  var resultPositions: Int {
    Int(geometry.images * geometry.rows.result * geometry.columns.result)
  }

  /// Positions of the pictures in the largest phase of the strides.
  var positions: Int {
    func count(_ axis: cajal_cuda_axis) -> Int32 { (axis.extent + axis.stride - 1) / axis.stride }
    return Int(geometry.images * count(geometry.rows) * count(geometry.columns))
  }

  /// The rows of the kernel as a matrix.
  var kernelRows: Int { operands[1].count / Int(geometry.result_channels) }

  /// The blocks of a kernel whose tiles have some rows and columns.
  func blocks(
    _ positions: Int, _ channels: Int32,
    _ size: (name: String, rows: Int, columns: Int, threads: Int)
  ) -> Int {
    let columns = Int(channels / geometry.groups)
    return (positions + size.rows - 1) / size.rows * ((columns + size.columns - 1) / size.columns)
  }

  /// The result, the gradient of the pictures, and the kernel plus its gradient.
  func expected() -> [[Double]] { expected(of: operands) }

  /// Likewise, but of the absolute values of all numbers: the sums of the products' sizes.
  func sizes() -> [[Double]] { expected(of: operands.map { $0.map(abs) }) }

  private func expected(of operands: [[Float]]) -> [[Double]] {
    let (rows, columns) = (geometry.rows, geometry.columns)
    let channels = Int(geometry.channels), resultChannels = Int(geometry.result_channels)
    let groupChannels = channels / Int(geometry.groups)
    let groupResults = resultChannels / Int(geometry.groups)
    var result = operands[4].indices.map { Double(operands[2][$0 % resultChannels]) }
    var pictures = operands[0].map { _ in 0.0 }, kernel = operands[1].map(Double.init)
    for target in result.indices {
      let (position, channel) = target.quotientAndRemainder(dividingBy: resultChannels)
      let (line, x) = position.quotientAndRemainder(dividingBy: Int(columns.result))
      let (image, y) = line.quotientAndRemainder(dividingBy: Int(rows.result))
      for tap in 0..<Int(rows.kernel * columns.kernel) {
        let row = y * Int(rows.stride) + tap / Int(columns.kernel) - Int(rows.before)
        let column = x * Int(columns.stride) + tap % Int(columns.kernel) - Int(columns.before)
        guard (0..<Int(rows.extent)).contains(row), (0..<Int(columns.extent)).contains(column)
        else { continue }
        let place = (image * Int(rows.extent) + row) * Int(columns.extent) + column
        for inner in 0..<groupChannels {
          let source = place * channels + channel / groupResults * groupChannels + inner
          let weight = (tap * groupChannels + inner) * resultChannels + channel
          result[target] += Double(operands[0][source]) * Double(operands[1][weight])
          pictures[source] += Double(operands[3][target]) * Double(operands[1][weight])
          kernel[weight] += Double(operands[3][target]) * Double(operands[0][source])
        }
      }
    }
    return [result, pictures, kernel]
  }
}
