import CajalTensor
import Testing

@Suite struct CPUMatrixProductTests {
  /// Around tiles (6, 16 and 64 wide), blocks (128, 192, 256) and the split of long sums (2048).
  static let shapes: [(Int, Int, Int)] = [
    (1, 1, 1), (1, 128, 128), (1, 37, 130), (2, 5, 3), (3, 64, 200), (5, 16, 77), (6, 7, 16),
    (7, 300, 17), (13, 256, 64), (64, 3, 65), (129, 257, 31), (200, 128, 128), (0, 3, 4), (3, 0, 4),
    (3, 4, 0), (32, 2500, 24),
  ]

  @Test(arguments: cpuBackends.indices, shapes)
  func agreesWithReference(_ index: Int, _ shape: (Int, Int, Int)) {
    let backend = cpuBackends[index]
    let (rows, inner, columns) = shape
    for (transposesLeft, transposesRight) in [
      (false, false), (true, false), (false, true), (true, true),
    ] {
      for variant in Variant.allCases {
        var geometry = MatrixProductGeometry(rows: rows, inner: inner, columns: columns)
        geometry.transposesLeft = transposesLeft
        geometry.transposesRight = transposesRight
        geometry.accumulates = variant == .accumulates
        geometry.activation = variant == .biasAndRelu ? .relu : .identity
        let bias = variant == .biasAndRelu ? Floats(columns, seed: 3) : nil
        let left = Floats(rows * inner, seed: 1)
        let right = Floats(inner * columns, seed: 2)
        let results = [backend, oracle].map { (backend: any HostBackend) in
          let result =
            variant == .accumulates ? Floats(rows * columns, seed: 4) : Floats(rows * columns)
          backend.matrixProduct(left.start, right.start, bias: bias?.start, result.start, geometry)
          return result
        }
        // A sum of n products below 4: each partial sum is rounded once, at most n times in all.
        expectClose(
          results[0], results[1], roundings: Float(inner) + 4,
          magnitude: 4 * Float(inner).squareRoot() + 4,
          "\(backend.name) \(shape) \(transposesLeft) \(transposesRight) \(variant)")
      }
    }
  }

  enum Variant: CaseIterable { case plain, biasAndRelu, accumulates }

  @Test(arguments: cpuBackends.indices)
  func batches(_ index: Int) {
    var geometry = MatrixProductGeometry(rows: 70, inner: 33, columns: 50)
    geometry.batch = 3
    geometry.leftBatchStride = 70 * 33
    let left = Floats(3 * 70 * 33, seed: 5)
    let right = Floats(33 * 50, seed: 6)
    let results = [cpuBackends[index], oracle].map { (backend: any HostBackend) in
      let result = Floats(3 * 70 * 50)
      backend.matrixProduct(left.start, right.start, bias: nil, result.start, geometry)
      return result
    }
    expectClose(results[0], results[1], roundings: 37, magnitude: 30, cpuBackends[index].name)
  }

  @Test(arguments: cpuBackends.indices)
  func notANumberStaysInItsRowAndColumn(_ index: Int) {
    let left = Floats(20 * 30, seed: 7)
    let right = Floats(30 * 40, seed: 8)
    left.start[3 * 30 + 5] = .nan
    right.start[7 * 40 + 11] = .infinity
    let result = Floats(20 * 40)
    cpuBackends[index].matrixProduct(
      left.start, right.start, bias: nil, result.start,
      MatrixProductGeometry(rows: 20, inner: 30, columns: 40))
    for row in 0..<20 {
      for column in 0..<40 {
        let x = result.start[row * 40 + column]
        #expect(x.isNaN == (row == 3), "\(row) \(column)")
        #expect(row == 3 || x.isInfinite == (column == 11), "\(row) \(column)")
      }
    }
  }

  /// Pieces that run on other threads, and from inside of other threads, give the same bits.
  @Test(arguments: cpuBackends.indices)
  func sameBitsFromAnyThread(_ index: Int) async {
    let backend = cpuBackends[index]
    func product() -> [UInt32] {
      let left = Floats(2100 * 40, seed: 9)
      let right = Floats(2100 * 48, seed: 10)
      var geometry = MatrixProductGeometry(rows: 40, inner: 2100, columns: 48)
      geometry.transposesLeft = true
      let result = Floats(40 * 48)
      backend.matrixProduct(left.start, right.start, bias: nil, result.start, geometry)
      return result.bits
    }
    let alone = product()
    await withTaskGroup(of: [UInt32].self) { group in
      for _ in 0..<4 { group.addTask { product() } }
      for await bits in group { #expect(bits == alone) }
    }
  }
}
