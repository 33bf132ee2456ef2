import CajalTensor
import Testing

@Suite struct LinearAlgebraTests {
  static let sizes = [0, 1, 2, 3, 5, 17, 64]
  static let rectangles = [(1, 1), (3, 2), (2, 3), (17, 5), (5, 17), (64, 64), (0, 3), (3, 0)]

  private func matrix<Scalar: TensorScalar>(
    _ type: Scalar.Type, _ rows: Int, _ columns: Int, seed: UInt64
  ) -> Tensor<Scalar> {
    Tensor(rounding: numbers(rows * columns, seed: seed), shape: [rows, columns], on: .cpu)
  }

  private func identity<Scalar: TensorScalar>(_ type: Scalar.Type, _ size: Int) -> Tensor<Scalar> {
    Tensor(
      rounding: (0..<size * size).map { $0 % (size + 1) == 0 ? 1 : 0 }, shape: [size, size],
      on: .cpu)
  }

  /// Checks that `left` is `right` up to the backward error of an algorithm of order `size` on
  /// numbers of magnitude `scale`.
  private func expectEqual<Scalar: TensorFloatingPoint & BinaryFloatingPoint>(
    _ left: Tensor<Scalar>, _ right: Tensor<Scalar>, size: Int, scale: Double,
    _ comment: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expectClose(
      left, right.scalars.map(\.asDouble), shape: right.shape, roundings: 16 * Double(size + 1),
      magnitudes: [Double](repeating: scale, count: right.count), comment,
      sourceLocation: sourceLocation)
  }

  private func checkSquare<Scalar: TensorFloatingPoint & BinaryFloatingPoint>(
    _ type: Scalar.Type, _ size: Int
  ) throws {
    let noise = matrix(type, size, size, seed: 6)
    let general = noise + identity(type, size) * Scalar(2 * size + 1)
    let scale = Double(4 * size + 4)
    for columns in [1, 3] {
      let b = matrix(type, size, columns, seed: 7)
      let x = try general.solve(b)
      expectEqual(general.matmul(x), b, size: size, scale: 4, "A x = b of order \(size)")
    }
    let vector = matrix(type, size, 1, seed: 7).reshaped([size])
    #expect(try general.solve(vector).shape == [size])

    let positive = noise.matmul(noise, transposingOther: true) + identity(type, size)
    let lower = try positive.cholesky()
    expectEqual(
      lower.matmul(lower, transposingOther: true), positive, size: size, scale: scale,
      "L Lᵀ = A of order \(size)")
    for row in 0..<size {
      for column in 0..<size where column > row { #expect(lower[row, column] == 0) }
    }

    let symmetric = noise + noise.transposed()
    let (values, vectors) = try symmetric.symmetricEigen()
    expectEqual(
      symmetric.matmul(vectors), vectors * values, size: size, scale: scale,
      "A V = V λ of order \(size)")
    expectEqual(
      vectors.matmul(vectors, transposingSelf: true), identity(type, size), size: size, scale: 1,
      "Vᵀ V = 1 of order \(size)")
    #expect(values.scalars == values.scalars.sorted())
  }

  @Test(arguments: sizes) func squareMatrices(size: Int) throws {
    try checkSquare(Double.self, size)
    try checkSquare(Float.self, size)
  }

  private func checkRectangle<Scalar: TensorFloatingPoint & BinaryFloatingPoint>(
    _ type: Scalar.Type, _ rows: Int, _ columns: Int
  ) throws {
    let a = matrix(type, rows, columns, seed: 5)
    let k = min(rows, columns)
    let scale = Double(rows + columns) + 2
    let (q, r) = try a.qr()
    expectEqual(q.matmul(r), a, size: rows + columns, scale: scale, "Q R = A")
    expectEqual(
      q.matmul(q, transposingSelf: true), identity(type, k), size: rows, scale: 1, "Qᵀ Q = 1")
    for row in 0..<k { for column in 0..<min(row, columns) { #expect(r[row, column] == 0) } }

    let (u, s, v) = try a.svd()
    expectEqual((u * s).matmul(v), a, size: rows + columns, scale: scale, "U s Vᵀ = A")
    expectEqual(u.matmul(u, transposingSelf: true), identity(type, k), size: rows, scale: 1, "U")
    expectEqual(v.matmul(v, transposingOther: true), identity(type, k), size: rows, scale: 1, "V")
    #expect(s.scalars == s.scalars.sorted(by: >) && s.scalars.allSatisfy { $0 >= 0 })
  }

  @Test(arguments: rectangles) func rectangularMatrices(rows: Int, columns: Int) throws {
    try checkRectangle(Double.self, rows, columns)
    try checkRectangle(Float.self, rows, columns)
  }

  @Test func knownDecompositions() throws {
    let a = Tensor<Double>([4, 2, 2, 3], shape: [2, 2])
    #expect(try a.cholesky()[0, 0] == 2)
    #expect(try a.cholesky()[1, 0] == 1)
    let (values, _) = try Tensor<Double>([2, 1, 1, 2], shape: [2, 2]).symmetricEigen()
    expectClose(values, [1, 3], shape: [2], roundings: 8)
    let (_, s, _) = try Tensor<Double>([3, 0, 0, 0, -5, 0], shape: [2, 3]).svd()
    expectClose(s, [5, 3], shape: [2], roundings: 8)
  }

  @Test func saysWhatIsWrong() {
    let dependent = Tensor<Double>([1, 2, 3, 4, 5, 6, 7, 8, 9], shape: [3, 3])
    let error = #expect(throws: LinearAlgebraError.self) {
      try dependent.solve(Tensor<Double>([1, 2, 3]))
    }
    guard case .singular("solve", 3, let condition) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(condition < 1e-15)
    #expect(
      "\(LinearAlgebraError.singular(operation: "solve", size: 3, reciprocalCondition: 0))"
        .contains("3 × 3 matrix is singular"))
    let zero = Tensor<Float>([0, 0, 0, 0], shape: [2, 2])
    #expect(
      throws: LinearAlgebraError.singular(operation: "solve", size: 2, reciprocalCondition: 0)
    ) { try zero.solve(Tensor<Float>([1, 2])) }
    #expect(
      throws: LinearAlgebraError.notPositiveDefinite(operation: "cholesky", size: 2, minor: 2)
    ) { try Tensor<Double>([1, 2, 2, 1], shape: [2, 2]).cholesky() }
    let hole = Tensor<Double>([1, 2, 3, 4, 5, .nan], shape: [2, 3])
    #expect(throws: LinearAlgebraError.notFinite(operation: "svd", row: 1, column: 2)) {
      try hole.svd()
    }
    #expect(throws: LinearAlgebraError.notFinite(operation: "qr", row: 1, column: 2)) {
      try hole.qr()
    }
  }

  @Test func trapsOnWrongShapes() async {
    await #expect(processExitsWith: .failure) {
      _ = try? Tensor<Double>(repeating: 1, shape: [2, 3]).solve(Tensor<Double>([1, 2]))
    }
  }
}
