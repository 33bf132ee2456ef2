import CUDAEmulator
import CajalCUDA
import Testing

@testable import CajalTensor

/// Matrix products by cuBLASLt, as the emulator stands in for it.
@Suite struct LibraryProductTests {
  /// A product with operands of its own.
  private struct Product: CustomStringConvertible {
    var geometry: MatrixProductGeometry
    var hasBias = false
    /// Elements before the operands, the bias and the result in their storage.
    var offset = 0

    var description: String { "\(geometry) \(hasBias ? "with" : "without") a bias" }

    private func numbers(_ count: Int, _ stream: UInt32, on device: Device) -> Tensor<Float> {
      let key = RandomKey(seed: 5, stream: stream)
      return Tensor<Float>(
        randomUniform: [offset + count], low: -1, high: 1, key: key, on: .reference
      ).copied(to: device)
    }

    /// The result on a device.
    func callAsFunction(on device: Device) -> [Float] {
      let count = geometry.batch * geometry.rows * geometry.columns
      let left = numbers(geometry.leftCount, 1, on: device)
      let right = numbers(geometry.rightCount, 2, on: device)
      let bias = numbers(geometry.columns, 3, on: device)
      let result = numbers(count, 4, on: device)
      func buffer(_ tensor: Tensor<Float>) -> Buffer { tensor.buffer.advanced(by: offset) }
      device.backend.matrixProduct(
        buffer(left), buffer(right), bias: hasBias ? buffer(bias) : nil, buffer(result), geometry)
      return Array(result.scalars[offset...])
    }

    /// The sums of the sizes of the products, and of what is added to them.
    var sizes: [Float] {
      let count = geometry.batch * geometry.rows * geometry.columns
      var geometry = geometry
      (geometry.accumulates, geometry.activation) = (false, .identity)
      let left = numbers(geometry.leftCount, 1, on: .reference).applied(.absolute)
      let right = numbers(geometry.rightCount, 2, on: .reference).applied(.absolute)
      let result = Tensor<Float>(repeating: 0, shape: [count], on: .reference)
      Device.reference.backend.matrixProduct(
        left.buffer, right.buffer, bias: nil, result.buffer, geometry)
      return result.scalars.map { $0 + 2 }
    }
  }

  /// All combinations that the library computes, in sums of one part and of several.
  private static let combinations: [Product] = {
    var all: [Product] = []
    for bits in 0..<32 {
      func isOn(_ bit: Int) -> Bool { bits >> bit & 1 == 1 }
      for (rows, inner, columns) in [(36, 20, 12), (33, 70, 44)] {
        var geometry = MatrixProductGeometry(rows: rows, inner: inner, columns: columns)
        (geometry.transposesLeft, geometry.transposesRight) = (isOn(0), isOn(1))
        // The right operand is for all, or for each matrix with a gap after it.
        geometry.batch = isOn(2) ? 3 : 1
        geometry.leftBatchStride = rows * inner
        geometry.rightBatchStride = rows == 36 ? 0 : inner * columns + 8
        geometry.activation = isOn(3) ? .relu : .identity
        all.append(Product(geometry: geometry, hasBias: isOn(4)))
        guard !isOn(3), !isOn(4) else { continue }
        geometry.accumulates = true
        all.append(Product(geometry: geometry))
      }
    }
    return all
  }()

  @Test(arguments: [Precision.float32, .tf32, .bfloat16])
  func combinations(precision: Precision) throws {
    let backend = try CUDABackend(
      emulated: cuda_emulator_ascending, precision: precision, products: .cublasAlways)
    // An operand of float32 is not rounded.
    let unit = precision == .float32 ? 0 : precision.unitRoundoff
    for product in Self.combinations {
      let before = backend.launched.count
      let own = product(on: Device(backend))
      let launched = Array(backend.launched[before...])
      let expected = product(on: .reference)
      let terms = Double(product.geometry.inner + 2)
      let share = (2 + unit) * unit + (2 + terms) * 0x1p-24
      let wrong = zip(zip(own, expected), product.sizes).first { numbers, size in
        !(abs(Double(numbers.0) - Double(numbers.1)) <= share * Double(size))
      }
      #expect(wrong == nil, "\(product) in \(precision)")
      let rounding = precision == .bfloat16 ? ["cajal_round_operands_bfloat16"] : []
      #expect(launched == rounding + ["cublasLtMatmul"], "\(product) in \(precision)")
    }
  }

  /// What the library is not asked for.
  @Test func productsOfOwnKernels() throws {
    let backend = try CUDABackend(
      emulated: cuda_emulator_ascending, products: .cublas(from: 40 * 8 * 8))
    func expectOwn(_ product: Product, _ kernel: String = "cajal_matrix_product_sliced") {
      let before = backend.launched.count
      let numbers = product(on: Device(backend))
      let expected = product(on: .reference)
      #expect(zip(numbers, expected).allSatisfy { abs($0 - $1) < 1e-4 })
      #expect(backend.launched[before...] == [kernel], "\(product)")
    }
    expectOwn(
      Product(geometry: MatrixProductGeometry(rows: 32, inner: 80, columns: 80)),
      "cajal_matrix_product_few_rows")
    expectOwn(Product(geometry: MatrixProductGeometry(rows: 40, inner: 8, columns: 7)))
    expectOwn(Product(geometry: MatrixProductGeometry(rows: 400, inner: 0, columns: 80)))
    var geometry = MatrixProductGeometry(rows: 40, inner: 8, columns: 8)
    expectOwn(Product(geometry: geometry, offset: 1))
    expectOwn(Product(geometry: geometry, hasBias: true, offset: 3))
    geometry.accumulates = true
    expectOwn(Product(geometry: geometry, hasBias: true))
    geometry.activation = .relu
    expectOwn(Product(geometry: geometry))
    #expect(backend.counts.heuristics == 0)
    // At the limit, and aligned.
    let before = backend.launched.count
    _ = Product(geometry: MatrixProductGeometry(rows: 40, inner: 8, columns: 8), offset: 4)(
      on: Device(backend))
    #expect(backend.launched[before...] == ["cublasLtMatmul"])
  }

  /// In bfloat16 operands are copied, and may lie anywhere.
  @Test func roundedOperandsLieAnywhere() throws {
    let backend = try CUDABackend(
      emulated: cuda_emulator_descending, precision: .bfloat16, products: .cublasAlways)
    let device = Device(backend)
    let geometry = MatrixProductGeometry(rows: 33, inner: 9, columns: 5)
    let numbers = (0..<500).map { Float($0 % 17 - 8) / 8 }
    let all = Tensor(numbers, shape: [numbers.count], on: device)
    let results = (0..<5).map { offset in
      let result = Tensor<Float>(repeating: .nan, shape: [33 * 5], on: device)
      backend.matrixProduct(
        all.buffer.advanced(by: 17 + offset), all.buffer.advanced(by: 17 * 25 + offset), bias: nil,
        result.buffer, geometry)
      return result.scalars
    }
    // The numbers are those of bfloat16, and their sums exact.
    for (offset, result) in results.enumerated() {
      let expected = Tensor<Float>(repeating: 0, shape: [33 * 5], on: .reference)
      let operands = Tensor(numbers, shape: [numbers.count], on: .reference)
      Device.reference.backend.matrixProduct(
        operands.buffer.advanced(by: 17 + offset), operands.buffer.advanced(by: 17 * 25 + offset),
        bias: nil, expected.buffer, geometry)
      #expect(result == expected.scalars)
    }
    #expect(backend.launched.count { $0 == "cublasLtMatmul" } == 5)
  }

  /// An algorithm is asked for once for each kind of product.
  @Test func algorithmsAreKept() throws {
    let backend = try CUDABackend(emulated: cuda_emulator_ascending, products: .cublasAlways)
    let device = Device(backend)
    var geometry = MatrixProductGeometry(rows: 40, inner: 80, columns: 8)
    let first = Product(geometry: geometry)(on: device)
    let held = backend.counts.allocations
    for _ in 0..<3 { #expect(Product(geometry: geometry)(on: device) == first) }
    #expect(backend.counts.heuristics == 1 && backend.counts.allocations == held)
    // Biases of another place are of the same kind.
    for offset in [0, 4, 8] {
      _ = Product(geometry: geometry, hasBias: true, offset: offset)(on: device)
    }
    #expect(backend.counts.heuristics == 2)
    geometry.activation = .relu
    _ = Product(geometry: geometry)(on: device)
    geometry.activation = .identity
    geometry.transposesLeft = true
    _ = Product(geometry: geometry)(on: device)
    geometry.rows = 41
    _ = Product(geometry: geometry)(on: device)
    #expect(backend.counts.heuristics == 5)
    #expect(backend.launched.allSatisfy { $0 == "cublasLtMatmul" })
    #expect(backend.memoryStatistics.used == 0)
  }

  /// Where the library has no algorithm, Cajal's kernels compute, and it is asked once.
  @Test(arguments: [Precision.float32, .bfloat16])
  func missingAlgorithms(precision: Precision) throws {
    let backend = try CUDABackend(
      emulated: cuda_emulator_ascending, precision: precision, products: .cublasAlways)
    let own = try CUDABackend(emulated: cuda_emulator_ascending, precision: precision)
    cuda_emulator_hide_algorithms(Int32(backend.properties.ordinal), 1)
    let product = Product(geometry: MatrixProductGeometry(rows: 40, inner: 80, columns: 8))
    for _ in 0..<2 { #expect(product(on: Device(backend)) == product(on: Device(own))) }
    #expect(backend.launched == own.launched && backend.counts.heuristics == 1)
  }

  /// A library that refuses the algorithm that it has chosen is not asked again.
  @Test func refusedProducts() throws {
    var functions = cuda_emulator_blas()
    functions.cublasLtMatmul = { _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _ in 15 }
    let backend = try CUDABackend(
      CUDALibraries(
        driver: cuda_emulator_driver(), nvrtc: cuda_emulator_nvrtc(), driverPath: "",
        nvrtcPath: "",
        matrixLibrary: .success(CUDAMatrixLibrary(functions: functions, path: ""))),
      ordinal: Int(cuda_emulator_add_device(1 << 28, cuda_emulator_ascending)),
      products: .cublasAlways, cache: KernelCache(folder: nil))
    let own = try CUDABackend(emulated: cuda_emulator_ascending)
    let product = Product(geometry: MatrixProductGeometry(rows: 40, inner: 80, columns: 8))
    for _ in 0..<2 { #expect(product(on: Device(backend)) == product(on: Device(own))) }
    #expect(backend.launched == own.launched && backend.counts.heuristics == 1)
  }

  /// Threads that share a device share its products.
  @Test func productsOfSeveralThreads() async throws {
    let backend = try CUDABackend(emulated: cuda_emulator_ascending, products: .cublasAlways)
    let expected = (0..<4).map { inner in
      Product(geometry: Self.geometry(inner: 60 + inner), hasBias: true)(on: Device(backend))
    }
    let results = await withTaskGroup(of: (Int, [Float]).self) { group in
      for task in 0..<16 {
        group.addTask {
          let inner = task % 4
          return (
            inner,
            Product(geometry: Self.geometry(inner: 60 + inner), hasBias: true)(on: Device(backend))
          )
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    for (inner, numbers) in results { #expect(numbers == expected[inner]) }
    #expect(backend.counts.heuristics == 4)
  }

  private static func geometry(inner: Int) -> MatrixProductGeometry {
    MatrixProductGeometry(rows: 36, inner: inner, columns: 8)
  }
}
