import CajalTensor
import Testing

@Suite struct DescriptionTests {
  @Test func smallTensorsAreWhole() {
    #expect("\(Tensor<Int32>(7))" == "Tensor<Int32>[]: 7")
    let bytes = Tensor<UInt8>((0..<9).map(UInt8.init))
    #expect("\(bytes)" == "Tensor<UInt8>[9]: [0, 1, 2, 3, 4, 5, 6, 7, 8]")
    #expect("\(Tensor<Bool>([true, false]))" == "Tensor<Bool>[2]: [true, false]")
    #expect("\(Tensor<Double>([], shape: [2, 0]))" == "Tensor<Double>[2, 0]:\n[[],\n []]")
    #expect("\(Tensor<Double>([], shape: [0, 2]))" == "Tensor<Double>[0, 2]:\n[]")
  }

  @Test func columnsAreAligned() {
    let matrix: Tensor<Float> = [[1, -20.5], [3, 4]]
    #expect("\(matrix)" == "Tensor<Float>[2, 2]:\n[[  1.0, -20.5],\n [  3.0,   4.0]]")
    let cube = Tensor<Int64>.arange(8).reshaped([2, 2, 2])
    #expect(
      "\(cube)" == """
        Tensor<Int64>[2, 2, 2]:
        [[[0, 1],
          [2, 3]],

         [[4, 5],
          [6, 7]]]
        """)
    #expect("\(cube.reshaped([2, 1, 2, 2]))".contains("]]],\n\n\n [[["))
  }

  @Test func longRowsAreWrapped() {
    let lines = "\(Tensor<Int32>.arange(100).reshaped([2, 50]))".split(separator: "\n")
    #expect(lines.count == 1 + 2 * 3 && lines.allSatisfy { $0.count <= 100 })
    #expect(lines[1].hasPrefix("[[ 0,  1,") && lines[2].hasPrefix("  2"))
  }

  @Test func largeTensorsAreShortened() {
    let large = Tensor<Int32>.arange(1001)
    #expect("\(large)" == "Tensor<Int32>[1001]: [0, 1, 2, …, 998, 999, 1000]")
    #expect(
      "\(Tensor<Int32>.arange(2000).reshaped([1000, 2]))" == """
        Tensor<Int32>[1000, 2]:
        [[   0,    1],
         [   2,    3],
         [   4,    5],
         …,
         [1994, 1995],
         [1996, 1997],
         [1998, 1999]]
        """)
    #expect("\(Tensor<Int32>.arange(1000))".contains("500"))
  }
}
