import CajalTensor
import Testing

@Suite struct StorageTypeTests {
  private static let numbers = NumPyCases.all.inputs["numbers"]?.values ?? []

  private static func bits(_ name: String) -> [UInt16] {
    NumPyCases.all.results[name]?.values.map { UInt16($0) } ?? []
  }

  @Test func halvesAreNumPys() {
    let halves = Tensor<Double>(Self.numbers).cast(to: Float16.self)
    #expect(halves.scalars.map(\.bitPattern) == Self.bits("float16 bits"))
    let left = halves[0..<60]
    let right = left.gather(Tensor<Int32>.arange(from: 59, to: -1, by: -1))
    #expect((left + right).scalars.map(\.bitPattern) == Self.bits("float16 sums"))
    #expect((left * right).scalars.map(\.bitPattern) == Self.bits("float16 products"))
    #expect((left / right).scalars.map(\.bitPattern) == Self.bits("float16 quotients"))
  }

  @Test func brainHalvesAreTheNearest() {
    let halves = Tensor<Double>(Self.numbers).cast(to: BFloat16.self)
    #expect(halves.scalars.map(\.bitPattern) == Self.bits("bfloat16 bits"))
    #expect(BFloat16(Float.nan) != .nan && BFloat16(Float.nan).isNaN)
    #expect(BFloat16(Float(bitPattern: 0x7F80_0001)).isNaN, "a NaN in the lower bits alone")
    #expect(BFloat16(exactly: 257) == nil && BFloat16(exactly: 256) == 256)
    #expect(BFloat16(-0.0) == 0 && -BFloat16(2.5) == -2.5 && (-BFloat16(3)).magnitude == 3)
    #expect(Set([BFloat16(0), BFloat16(-0.0)]).count == 1)
    // 1 above a tie, which Double does not have.
    let large: Int64 = 1 << 62 + 1 << 54
    #expect(BFloat16(converting: large) == BFloat16(converting: Double(1 << 62)))
    #expect(BFloat16(converting: large + 1) > BFloat16(converting: large))
  }

  @Test func everyHalfSurvivesFloat() {
    let patterns = (0...UInt16.max).map { $0 }
    let brains = Tensor<BFloat16>(patterns.map { BFloat16(bitPattern: $0) })
    let halves = Tensor<Float16>(patterns.map { Float16(bitPattern: $0) })
    func check<Scalar: TensorFloatingPoint>(_ x: Tensor<Scalar>) {
      let back = x.cast(to: Float.self).cast(to: Scalar.self)
      #expect(((back .== x) .| (back.isNaN .& x.isNaN)).all())
    }
    check(brains)
    check(halves)
    #expect(brains.scalars.prefix(0x7F81).map { Float($0) }.max() == .infinity)
  }

  @Test func wholeNumbersAreExact() {
    let large = Tensor<Int64>([9_007_199_254_740_993, -9_007_199_254_740_995, .max, .min])
    #expect((large - 1).scalars == [9_007_199_254_740_992, -9_007_199_254_740_996, .max - 1, .min])
    #expect((-large).scalars == [-9_007_199_254_740_993, 9_007_199_254_740_995, -.max, .max])
    #expect((large * 2).scalars.suffix(2) == [.max, .min] && (large / 0).scalars.last == .min)
    #expect((large / large).scalars == [1, 1, 1, 1])
    #expect(large.abs().scalars.last == .max && large.max().scalar == .max)
    #expect(large.sorted().scalars == [.min, -9_007_199_254_740_995, 9_007_199_254_740_993, .max])
    #expect(large.cast(to: Int32.self).scalars == [.max, .min, .max, .min])
    #expect(large[0..<2].cast(to: Double.self).cast(to: Int64.self) != large[0..<2])
    #expect(Tensor<Int64>([3, 4]).sum().scalar == 7)
    let wide = Tensor<Double>([1e30, -1e30, .nan, -2.75]).cast(to: Int64.self)
    #expect(wide.scalars == [.max, .min, 0, -2])
  }

  @Test func truthIsNumbersAndBack() {
    let x = Tensor<Float>([0, -0.0, .nan, 0.5, -3])
    #expect(x.cast(to: Bool.self).scalars == [false, false, true, true, true])
    let truth: Tensor<Bool> = [[true, false], [false, true]]
    #expect(truth.cast(to: Float.self) == Tensor<Float>.eye(2))
    #expect(truth.cast(to: Int64.self) == [[1, 0], [0, 1]])
    #expect(truth.transposed() == truth && truth[0, ...].scalars == [true, false])
    #expect((truth .== [true, false]).scalars == [true, true, false, false])
    #expect(Tensor<Bool>([]).all() && !Tensor<Bool>([]).any())
    var changed = truth
    changed[1, ...] = [true, false]
    #expect(changed == [[true, false], [true, false]])
    #expect(Tensor.concatenate([truth, changed], axis: 1).shape == [2, 4])
  }

  @Test(arguments: kinds) func allTypesGoToEveryDevice(device: Device) {
    func check<Scalar: TensorScalar>(_ x: Tensor<Scalar>) {
      let there = x.copied(to: device)
      #expect(there == x && there.permuted([1, 0]).permuted([1, 0]) == x)
      #expect(there.withSpan { $0[3] } == x[1, 1] && there[1, 0...] == x[1, ...])
    }
    check([[1, 2], [3, 4]] as Tensor<Float16>)
    check([[1, 2], [3, 4]] as Tensor<BFloat16>)
    check([[1, 2], [3, 4]] as Tensor<Int64>)
    check([[1, 2], [3, 4]] as Tensor<UInt8>)
    check([[true, false], [false, true]] as Tensor<Bool>)
  }
}

extension BFloat16 {
  fileprivate var isNaN: Bool { Float(self).isNaN }
}
