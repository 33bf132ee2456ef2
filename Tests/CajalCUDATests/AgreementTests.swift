import CajalAutodiff
import CajalCUDA
import CajalOperationCases
import Testing

@testable import CajalTensor

/// The kernels on the emulated devices against the reference, on the table of operations.
@Suite struct AgreementTests {
  @Test(arguments: OperationCase.groups.map(\.name))
  func agreesWithTheReference(group: String) throws {
    for row in OperationCase.groups.filter({ $0.name == group }).flatMap(\.cases) {
      try expectAgreement(row)
    }
  }

  /// Buffers that begin anywhere in their storage, and values beyond numbers.
  @Test(arguments: UnaryOperation.allCases) func unalignedElements(
    operation: UnaryOperation
  ) throws {
    let numbers: [Float] =
      [0, -0.0, .infinity, -.infinity, .nan, 0x1p-140, 88, -104, 1e30, -1e30]
      + (0..<150).map { Float($0 - 75) / 8 }
    for device in try EmulatedDevices.all.map({ try $0.get() }) {
      for start in 0..<5 {
        let part = Array(numbers[start...])
        let x = Tensor(numbers, shape: [numbers.count], on: device)
          .flatSlice(from: start, shape: [part.count])
        let expected = Tensor(part, shape: [part.count], on: .reference).applied(operation)
        for (index, (a, b)) in zip(x.applied(operation).scalars, expected.scalars).enumerated() {
          let allowed = 0x1p-21 * max(abs(b), 0x1p-100)
          #expect(
            a == b || a.isNaN && b.isNaN || abs(a - b) <= allowed
              || operation == .gelu && abs(a - b) <= 1e-6,
            "\(operation) of \(part[index]) is \(a), not \(b)")
        }
      }
    }
  }

  @Test(arguments: [ScalarType.uint8, .float16, .float32, .float64])
  func copiesRunsOfAnyType(type: ScalarType) throws {
    for device in try EmulatedDevices.all.map({ try $0.get() }) {
      for (offset, stride, width) in [(0, 32, 16), (1, 7, 3), (0, 16, 16), (3, 16, 5)] {
        let bytes = (0..<1024).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let x = Tensor(bytes, shape: [1024], on: device)
        let result = Tensor<UInt8>.full(9, shape: [1024]).copied(to: device)
        let buffer = { (tensor: Tensor<UInt8>) in
          Buffer(tensor.buffer.storage, offset: offset, scalarType: type)
        }
        device.backend.copyRows(
          buffer(x), stride: stride, to: buffer(result), resultStride: width, rows: 3, width: width)
        var expected = [UInt8](repeating: 9, count: 1024)
        let size = type.byteCount
        for row in 0..<3 {
          for byte in 0..<(width * size) {
            expected[offset * size + row * width * size + byte] =
              bytes[offset * size + row * stride * size + byte]
          }
        }
        #expect(result.scalars == expected)
      }
    }
  }
}
