import CUDAEmulator
import CajalAutodiff
import CajalCUDA
import CajalOperationCases
import Testing

@testable import CajalTensor

/// Products on tensor cores against the reference, with errors that follow from those of the
/// operands: what is rounded is off by at most u, the unit roundoff, so a product of two operands
/// by at most (1 + u)² - 1 of its size, and a sum of products by at most that share of the sum of
/// their sizes. The sums of sizes are the same operation's, on absolute values.
@Suite struct PrecisionTests {
  /// Devices that execute warps in each order.
  private struct Machines {
    let backends: [CUDABackend]

    init(_ precision: Precision, products: ProductLibrary = .own) throws {
      backends = try [cuda_emulator_ascending, cuda_emulator_descending].map {
        try CUDABackend(emulated: $0, precision: precision, products: products)
      }
    }

    /// The result and the gradients of a row, which have the same bits in both orders.
    func outcomes(_ row: OperationCase) -> [Tensor<Float>] {
      let all = backends.map { backend in
        let outcome = row.resultAndGradients(of: row.inputs(on: Device(backend)))
        return [outcome.result] + outcome.gradients
      }
      let bits = all.map { $0.map { $0.scalars.map(\.bitPattern) } }
      #expect(bits[0] == bits[1], "the order of warps shows in \(row)")
      return all[0]
    }

    /// The names of the kernels that were launched.
    var launched: Set<String> { Set(backends[0].launched) }
  }

  private static let reduced: [Precision] = [.tf32, .bfloat16]

  /// Rows of the table that have products of many rows, of which each is of two operands.
  private static let products =
    [OperationCase.batch([2], rows: 40, inner: 600, columns: 9)]
    + OperationCase.groups.filter { ["matrix products", "pictures"].contains($0.name) }
    .flatMap(\.cases).filter { row in
      let shape = row.inputs[0].shape
      guard !row.name.hasPrefix("convolution") else { return shape.count < 10_000 }
      return row.name.hasPrefix("dense") && shape[0] > 32 && shape.count < 10_000
        || row.name.hasPrefix("batch") && shape[shape.rank - 2] > 32
    }

  @Test(arguments: reduced, [ProductLibrary.own, .cublasAlways])
  func products(precision: Precision, library: ProductLibrary) throws {
    let machines = try Machines(precision, products: library)
    let isOwn = library == .own
    let unit = precision.unitRoundoff
    // The library has no convolutions.
    for row in Self.products where isOwn || !row.name.hasPrefix("convolution") {
      let inputs = row.inputs(on: .reference)
      let expected = row.resultAndGradients(of: inputs)
      let sizes = row.sizes(of: inputs)
      let numbers = zip(machines.outcomes(row), [expected.result] + expected.gradients)
      for (index, ((own, reference), size)) in zip(numbers, sizes).enumerated() {
        let share = (2 + unit) * unit + (16 + 4 * Double(row.terms).squareRoot()) * 0x1p-24
        let wrong = own.scalars.indices.first {
          let (a, b) = (Double(own.scalars[$0]), Double(reference.scalars[$0]))
          return !(abs(a - b) <= share * Double(size.scalars[$0]))
        }
        #expect(wrong == nil, "\(row), output \(index) in \(precision)")
      }
    }
    let kernels = [
      "matrix_product_sliced", "convolution_sliced", "convolution_input_gradient_sliced",
      "convolution_kernel_gradient_sliced",
    ].map { "cajal_\($0)_\(precision.rawValue)" }
    let launched = machines.launched
    #expect(isOwn ? launched.isSuperset(of: kernels) : launched.isDisjoint(with: kernels))
    #expect(launched.contains("cublasLtMatmul") == !isOwn)
    let isRounded = precision == .bfloat16 && !isOwn
    #expect(launched.contains("cajal_round_operands_bfloat16") == isRounded)
  }

  /// A logit is a sum of as many products as keys are wide, and with numbers like these about as
  /// large as their root; its error, as that of independent roundings, grows like u alone. Weights
  /// have it as a relative error, and are rounded again on their way to results and gradients: some
  /// units in all. `AttentionKernelTests` bounds each element.
  @Test(arguments: reduced) func attention(precision: Precision) throws {
    let machines = try Machines(precision)
    let rows = OperationCase.groups.filter { $0.name == "attention" }.flatMap(\.cases)
    for row in rows where ![1, 3, 32].contains(row.inputs[0].shape[2] / 2) {
      let expected = row.resultAndGradients(of: row.inputs(on: .reference))
      let numbers = zip(machines.outcomes(row), [expected.result] + expected.gradients)
      for (index, (own, reference)) in numbers.enumerated() {
        let norm = reference.scalars.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        let error = zip(own.scalars, reference.scalars)
          .reduce(0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }
          .squareRoot()
        // Terms are about 1, and cancel where a query has a single key.
        let size = norm + Double(reference.scalars.count).squareRoot()
        #expect(
          error <= 4 * precision.unitRoundoff * size, "\(row), output \(index) in \(precision)")
      }
    }
    let kernels = [32, 64].flatMap { width in
      ["attention", "attention_query_gradient", "attention_key_gradients"].map {
        "cajal_\($0)_\(width)_\(precision.rawValue)"
      }
    }
    #expect(machines.launched.isSuperset(of: kernels))
  }

  /// Heads wider than 64 and products of few rows are computed in float32.
  @Test(arguments: reduced) func float32Elsewhere(precision: Precision) throws {
    let machines = try Machines(precision)
    let rows: [OperationCase] = [
      .attention("causal 70", OperationCase.causal(70), keyWidth: 16, valueWidth: 65),
      .dense(rows: 32, inner: 70, columns: 40, relu: false),
    ]
    for row in rows {
      let expected = row.resultAndGradients(of: row.inputs(on: .reference))
      let outcome = machines.outcomes(row)
      expectAgreement(outcome[0], expected.result, terms: row.terms, "\(row)")
    }
    #expect(machines.launched.contains("cajal_attention_128"))
  }

  /// Float32 is the default and does not even have the other kernels.
  @Test func float32IsTheDefault() throws {
    let backend = try CUDABackend(emulated: cuda_emulator_ascending)
    #expect(Device(backend).precision == .float32 && Device.cpu.precision == .float32)
    #expect(!Device(backend).description.contains(" in "))
    let other = Device(try CUDABackend(emulated: cuda_emulator_ascending, precision: .tf32))
    #expect(other.precision == .tf32 && other.description.hasSuffix(" in tf32"))
    #expect(other.peakMemoryBytes != nil && Device.cpu.peakMemoryBytes == nil)
  }
}

extension OperationCase {
  /// The result and the gradients of absolute values: the sums of the sizes of the products.
  fileprivate func sizes(of inputs: [Tensor<Float>]) -> [Tensor<Float>] {
    let tape = Tape()
    let variables = inputs.map { tape.variable($0.applied(.absolute)) }
    let result = self(variables)
    let gradient = resultGradient(result.shape, on: result.value.device).applied(.absolute)
    tape.backward(from: result, gradient: gradient)
    return [result.value] + variables.map(tape.gradient)
  }
}
