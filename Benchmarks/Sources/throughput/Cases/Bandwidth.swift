import ArgumentParser
import Cajal
import CajalOperationCases

/// `throughput bandwidth`: operations that memory bounds, and the ceilings of a device.
struct Bandwidth: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Operations on 2²⁵ elements, which memory bounds, and a copy to compare with.",
    discussion: """
      copy_… is the driver's own copy on the device, the ceiling of the others, whose operands and results are counted \
      once each; product_… is a large matrix product in float32.
      """)

  @OptionGroup var options: Options

  func run() throws {
    let device = try options.openDevice()
    let (count, side) = (1 << 25, 8192)
    let ceilings = [
      BenchmarkCase("copy_\(count)", bytes: 8 * count) {
        let copy = TimedCopy(count: count, on: device)
        return { copy.run() }
      },
      BenchmarkCase("product_\(side)", flops: 2 * Double(side * side * side), minimumRuns: 3) {
        let product = TimedProduct(rows: side, inner: side, columns: side, on: device)
        return { product.run() }
      },
      BenchmarkCase("adam_\(count)", bytes: 28 * count) {
        let adam = TimedAdam(count: count, on: device)
        return { adam.run() }
      },
    ]
    try options.measure(ceilings + OperationCase.bandwidth.map { Self.forward($0, on: device) })
  }

  /// The forward pass of an operation whose result has its first operand's shape.
  private static func forward(_ row: OperationCase, on device: Device) -> BenchmarkCase {
    let elements = row.inputs.reduce(row.inputs[0].shape.count) { $0 + $1.shape.count }
    return BenchmarkCase(row.name, bytes: 4 * elements) {
      let inputs = row.inputs(on: device)
      return {
        _ = row.result(of: inputs)
        device.synchronize()
      }
    }
  }
}
