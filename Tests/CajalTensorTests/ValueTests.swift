import CajalTensor
import Testing

@Suite struct ValueTests {
  @Test(arguments: devices) func copiesAreIndependent(device: Device) {
    let original = Tensor<Float>([1, 2, 3, 4, 5, 6], shape: [2, 3], on: device)
    var changed = original
    #expect(changed.buffer == original.buffer, "a copy is free")
    changed[1, 2] = 60
    #expect(original.scalars == [1, 2, 3, 4, 5, 6])
    #expect(changed.scalars == [1, 2, 3, 4, 5, 60])
    let storage = ObjectIdentifier(changed.buffer.storage)
    changed[0, 0] = 10
    #expect(
      ObjectIdentifier(changed.buffer.storage) == storage,
      "it is not shared, so that it is written in place")
    #expect(changed[0, 0] == 10 && original[0, 0] == 1)
  }

  @Test(arguments: devices) func slicesShareUntilWritten(device: Device) {
    let matrix = Tensor<Float>([1, 2, 3, 4, 5, 6], shape: [3, 2], on: device)
    var rows = matrix.sliced(1..<3)
    #expect(rows.buffer == matrix.buffer.advanced(by: 2))
    #expect(matrix.sliced(1..<3, axis: 0).buffer == matrix.buffer.advanced(by: 2))
    #expect(matrix.reshaped([2, 3]).buffer == matrix.buffer)
    #expect(matrix.flatSlice(from: 3, shape: [2]).scalars == [4, 5])
    rows[0, 0] = 30
    rows += Tensor<Float>([0, 1], on: device)
    #expect(matrix.scalars == [1, 2, 3, 4, 5, 6])
    #expect(rows.scalars == [30, 5, 5, 7])
    // A slice that starts at an odd element is an operand like any other.
    let odd = Tensor<Float>((0..<65).map(Float.init), on: device).sliced(1..<65)
    #expect((odd + odd).scalars == (1..<65).map { Float(2 * $0) })
    #expect(odd.sum().scalar == 2080)
    #expect(odd.reshaped([8, 8]).matmul(odd.reshaped([8, 8])).shape == [8, 8])
  }

  @Test(arguments: devices) func writingInPlaceIntoItself(device: Device) {
    var x = Tensor<Float>([1, 2, 3], on: device)
    x += x
    #expect(x.scalars == [2, 4, 6])
    x *= x
    #expect(x.scalars == [4, 16, 36])
  }

  @Test func equalityIsByShapeAndElements() {
    let x = Tensor<Float>([1, 2, 3, 4], shape: [2, 2])
    #expect(x == Tensor<Float>([1, 2, 3, 4], shape: [2, 2], on: .reference))
    #expect(x != x.reshaped([4]))
    #expect(x != x + 1)
    #expect(Tensor<Float>([0.0]) == Tensor<Float>([-0.0]))
    #expect(Tensor<Float>([.nan]) != Tensor<Float>([.nan]))
  }

  @Test func copiesBetweenDevices() {
    let x = Tensor<Double>([1, 2, 3], on: .reference)
    let there = x.copied(to: Device(ReferenceBackend()))
    #expect(there == x && there.device != x.device)
    #expect(x.copied(to: .reference).buffer == x.buffer)
  }

  @Test func trapsWhenItIsNotOneNumber() async {
    await #expect(processExitsWith: .failure) { _ = Tensor<Float>([1, 2]).scalar }
    await #expect(processExitsWith: .failure) { _ = Tensor<Float>([1, 2]).reshaped([3]) }
    await #expect(processExitsWith: .failure) { _ = Tensor<Float>([1, 2, 3], shape: [2, 2]) }
  }
}
