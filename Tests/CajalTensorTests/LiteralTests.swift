import CajalTensor
import Foundation
import Testing

@Suite struct LiteralTests {
  @Test func bracketsNest() {
    let matrix: Tensor<Float> = [[1, -2.5], [3, 4]]
    #expect(matrix.shape == [2, 2] && matrix.scalars == [1, -2.5, 3, 4])
    let cube: Tensor<Int32> = [[[1], [2]], [[3], [4]], [[5], [6]]]
    #expect(cube.shape == [3, 2, 1] && cube.scalars == [1, 2, 3, 4, 5, 6])
    let vector: Tensor<UInt8> = [7]
    #expect(vector.shape == [1] && ([] as Tensor<Double>).shape == [0])
    #expect(([[], []] as Tensor<Float>).shape == [2, 0])
    let one = matrix[0, 0]
    #expect(Tensor(rows: [[one, -2.5], [3, 4 * one]]) == matrix)
    #expect(Tensor<Float>(rows: [[], []]).shape == [2, 0])
    #expect(matrix + [10, 20] == [[11, 17.5], [13, 24]])
  }

  @Test func raggedBracketsTrap() async {
    await #expect(processExitsWith: .failure) { _ = [[1, 2], [3]] as Tensor<Float> }
    await #expect(processExitsWith: .failure) { _ = [[1, 2], 3] as Tensor<Float> }
    await #expect(processExitsWith: .failure) { _ = Tensor<Float>(rows: [[1, 2], [3]]) }
  }

  private func roundTrip<Scalar: TensorScalar>(_ x: Tensor<Scalar>) throws -> Tensor<Scalar> {
    try JSONDecoder().decode(Tensor<Scalar>.self, from: JSONEncoder().encode(x))
  }

  @Test func everyTypeIsCoded() throws {
    let floats = Tensor<Float>([.nan, -0.0, .infinity, .leastNonzeroMagnitude], shape: [2, 2])
    #expect(try roundTrip(floats).scalars.map(\.bitPattern) == floats.scalars.map(\.bitPattern))
    #expect(try roundTrip(floats.sliced(1..<2)).scalars == [.infinity, .leastNonzeroMagnitude])
    let doubles: Tensor<Double> = [0.1]
    let halves: Tensor<Float16> = [0.1, 2]
    let brains: Tensor<BFloat16> = [0.1, 2]
    let long = Tensor<Int64>([.min, .max], shape: [2, 1])
    let truth: Tensor<Bool> = [true, false]
    #expect(try roundTrip(doubles) == doubles && roundTrip(halves) == halves)
    #expect(try roundTrip(brains) == brains && roundTrip(long) == long)
    #expect(try roundTrip(truth) == truth)
    #expect(try roundTrip(Tensor<Int32>([], shape: [0, 3])).shape == [0, 3])
    #expect(try roundTrip(Tensor<UInt8>(7)).shape == [])
    let text = try JSONEncoder().encode(Tensor<UInt8>([1, 2, 3]))
    let object = try JSONSerialization.jsonObject(with: text) as? [String: Any]
    #expect(object?["type"] as? String == "U8" && object?["shape"] as? [Int] == [3])
    #expect(object?["data"] as? String == "AQID")
    let brain = try JSONDecoder().decode([BFloat16].self, from: Data("[2.5]".utf8))
    #expect(try brain == [2.5] && JSONEncoder().encode(brain) == Data("[2.5]".utf8))
  }

  @Test(arguments: [
    #"{"type":"F64","shape":[1],"data":"AAAAAA=="}"#,  // another type
    #"{"type":"F99","shape":[1],"data":"AAAAAA=="}"#,  // no type
    #"{"type":"F32","shape":[2],"data":"AAAAAA=="}"#,  // too few bytes
    #"{"type":"F32","shape":[-1],"data":""}"#,
    #"{"type":"F32","shape":[4294967296],"data":""}"#,
    #"{"type":"F32","shape":[2147483647,2147483647,2147483647,0],"data":""}"#,
    #"{"type":"F32","shape":[1,1,1,1,1,1,1,1,1],"data":"AAAAAA=="}"#,
    #"{"type":"F32","shape":[1]}"#,
  ]) func damagedCodeThrows(text: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Tensor<Float>.self, from: Data(text.utf8))
    }
  }

  @Test func truthIsZeroOrOne() {
    #expect(throws: DecodingError.self) {
      let text = #"{"type":"BOOL","shape":[1],"data":"Ag=="}"#
      return try JSONDecoder().decode(Tensor<Bool>.self, from: Data(text.utf8))
    }
  }

  @Test(arguments: kinds) func spansAreTheElements(device: Device) throws {
    let x = Tensor<Int32>([1, 2, 3, 4, 5], on: device).sliced(1..<4)
    let sum = x.withSpan { span in (0..<span.count).reduce(0) { $0 + span[$1] } }
    #expect(sum == 9)
    #expect(Tensor<Float>([], on: device).withSpan { $0.count } == 0)
    struct Failure: Error {}
    #expect(throws: Failure.self) { try x.withSpan { _ in throw Failure() } }
  }
}
