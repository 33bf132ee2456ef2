import CajalTensor
import Testing

@Suite struct FiniteTests {
  /// One bad element anywhere is enough, and the largest floats are none.
  @Test func isFinite() {
    let largest = Float.greatestFiniteMagnitude
    #expect(Tensor<Float>([Float](repeating: largest, count: 1000) + [-largest, 0]).allFinite)
    #expect(Tensor<Float>([]).allFinite)
    for bad in [Float.nan, .infinity, -.infinity] {
      for index in [0, 7, 63, 66] {
        var elements = [Float](repeating: 1, count: 67)
        elements[index] = bad
        #expect(!Tensor<Float>(elements).allFinite)
      }
    }
  }
}
