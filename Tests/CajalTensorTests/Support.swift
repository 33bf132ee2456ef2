import CajalTensor
import Testing

/// The devices that every operation on Float is checked on: one for each instruction set of this
/// machine, the automatic choice, and the reference.
let devices: [Device] =
  InstructionSet.available.compactMap { CPUBackend($0).map { Device($0) } }
  + [.cpu, .reference]

/// Extents around the places where loops end, lanes fill and tiles begin.
let extents = [0, 1, 2, 3, 5, 17, 64]

/// The same random numbers for the same seed, every one of them exact as a Float.
func numbers(_ count: Int, seed: UInt64, from low: Float = -2, to high: Float = 2) -> [Double] {
  var stream = RandomStream(RandomKey(seed: seed, stream: 77))
  return (0..<count).map { _ in Double(low + (high - low) * stream.nextUniform()) }
}

extension Tensor {
  /// A tensor of numbers that the type has.
  init(rounding numbers: [Double], shape: Shape, on device: Device) {
    self.init(numbers.map { Scalar(converting: $0) }, shape: shape, on: device)
  }
}

/// Checks shape and elements against numbers that were computed otherwise.
///
/// An element may be off by `roundings` units of rounding of its magnitude: its own or, for a sum,
/// the sum of the magnitudes of its terms, as the usual forward error bounds have it. NaN equals
/// NaN here.
func expectClose<Scalar: TensorFloatingPoint & BinaryFloatingPoint>(
  _ actual: Tensor<Scalar>, _ expected: [Double], shape: Shape, roundings: Double = 4,
  magnitudes: [Double]? = nil, _ comment: @autoclosure () -> String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.shape == shape, expected.count == shape.count else {
    Issue.record(
      "\(comment()): shape \(actual.shape), expected \(shape)", sourceLocation: sourceLocation)
    return
  }
  let unit = Scalar.ulpOfOne.asDouble / 2
  let scalars = actual.scalars
  for index in scalars.indices {
    let (actual, expected) = (scalars[index].asDouble, expected[index])
    if actual == expected || actual.isNaN && expected.isNaN { continue }
    let magnitude = magnitudes?[index] ?? abs(expected)
    let allowed = roundings * unit * magnitude + Scalar.leastNormalMagnitude.asDouble
    if abs(actual - expected) <= allowed { continue }
    Issue.record(
      "\(comment()): element \(index) of \(shape) is \(actual), expected \(expected) ± \(allowed)",
      sourceLocation: sourceLocation)
    return
  }
}

/// Where the elements of `shape` are: the index along every axis, in row-major order.
func positions(_ shape: Shape) -> [[Int]] {
  shape.dimensions.reduce([[]]) { lists, extent in
    lists.flatMap { list in (0..<extent).map { list + [$0] } }
  }
}

/// The flat index of `position` in a row-major tensor whose axes of extent 1 are stretched and
/// whose missing outer axes are added.
func flatIndex(_ position: [Int], in shape: Shape) -> Int {
  zip(position.suffix(shape.rank), shape.dimensions).reduce(0) { index, axis in
    index * axis.1 + (axis.1 == 1 ? 0 : axis.0)
  }
}
