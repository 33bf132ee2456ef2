import CCajalCUDA
import CajalSupport
import CajalTensor

/// A kind of matrix product as cuBLASLt describes it, and the algorithm that it has chosen.
///
/// The library's matrices are column-major, so that ours are their transposes: it is asked for
/// `resultᵀ = rightᵀ · leftᵀ`, whose rows are our columns. Its first operand is the right one.
@safe final class LibraryProduct {
  /// All that an algorithm depends on beside the device and its precision. Addresses are multiples
  /// of 16 bytes in every case, so that equal products have equal bits wherever they are.
  struct Kind: Hashable {
    let geometry: MatrixProductGeometry
    let hasBias: Bool
  }

  /// Memory that the algorithm takes.
  let workspaceBytes: Int
  private let functions: cajal_cuda_blas
  private let operation: cajal_blas_operation
  private let left, right, result: cajal_blas_layout
  private let algorithm: cajal_blas_algorithm
  private let accumulates: Bool

  /// `nil` where the library has no algorithm. The device's context is current.
  init?(
    _ kind: Kind, precision: Precision, handle: cajal_blas_handle, _ functions: cajal_cuda_blas
  ) {
    let geometry = kind.geometry
    let (rows, inner, columns) = (geometry.rows, geometry.inner, geometry.columns)
    let calls = LibraryCalls(functions)
    let type = precision == .bfloat16 ? cajal_blas_bfloat16 : cajal_blas_float32
    unsafe operation = calls.operation(
      precision == .tf32 ? cajal_blas_compute_tf32 : cajal_blas_compute_float32)
    unsafe left = calls.layout(
      type, geometry.transposesLeft ? (rows, inner) : (inner, rows), geometry.batch,
      stride: geometry.leftBatchStride)
    unsafe right = calls.layout(
      type, geometry.transposesRight ? (inner, columns) : (columns, inner), geometry.batch,
      stride: geometry.rightBatchStride)
    unsafe result = calls.layout(
      cajal_blas_float32, (columns, rows), geometry.batch, stride: rows * columns)
    self.functions = functions
    accumulates = geometry.accumulates

    func transpose(_ transposes: Bool) -> Int32 {
      Int32(transposes ? cajal_blas_transposed : cajal_blas_as_it_is)
    }
    var epilogue = (kind.hasBias ? cajal_blas_epilogue_bias : 0)
    if geometry.activation == .relu { epilogue |= cajal_blas_epilogue_relu }
    if epilogue == 0 { epilogue = cajal_blas_epilogue_none }
    unsafe calls.set(
      operation, cajal_blas_operation_transpose_a, to: transpose(geometry.transposesRight))
    unsafe calls.set(
      operation, cajal_blas_operation_transpose_b, to: transpose(geometry.transposesLeft))
    unsafe calls.set(operation, cajal_blas_operation_epilogue, to: UInt32(epilogue))
    // Not read until a launch, but how it is aligned tells what a bias may be expected to be.
    if kind.hasBias { unsafe calls.set(operation, cajal_blas_operation_bias, to: UInt64(16)) }

    func alignment(stride: Int, bytes: Int) -> Int {
      guard geometry.batch > 1, stride > 0 else { return 16 }
      return min(16, 1 << (stride * bytes).trailingZeroBitCount)
    }
    let bytes = precision == .bfloat16 ? 2 : 4
    let found = unsafe calls.heuristic(
      handle, operation, right, left, result,
      alignments: [
        alignment(stride: geometry.rightBatchStride, bytes: bytes),
        alignment(stride: geometry.leftBatchStride, bytes: bytes),
        alignment(stride: rows * columns, bytes: 4),
      ])
    algorithm = found?.algorithm ?? cajal_blas_algorithm()
    workspaceBytes = found?.workspace_bytes ?? 0
    guard found != nil else { return nil }
  }

  /// Launches the product and returns the library's status.
  func launch(
    _ handle: cajal_blas_handle, left: UInt64, right: UInt64, bias: UInt64?, result: UInt64,
    workspace: UInt64?, _ stream: cajal_cuda_stream
  ) -> cajal_blas_status {
    if let bias {
      unsafe LibraryCalls(functions).set(operation, cajal_blas_operation_bias, to: bias)
    }
    // The library reads the factors before it returns.
    var (alpha, beta, algorithm): (Float, Float, _) = (1, accumulates ? 1 : 0, self.algorithm)
    return unsafe functions.cublasLtMatmul(
      handle, operation, &alpha, right, self.right, left, self.left, &beta, result, self.result,
      result, self.result, &algorithm, workspace ?? 0, workspaceBytes, stream)
  }

  /// The library's words for a status.
  static func text(of status: cajal_blas_status, _ functions: cajal_cuda_blas) -> String {
    unsafe functions.cublasLtGetStatusString(status).map { unsafe String(cString: $0) }
      ?? "status \(status)"
  }

  deinit {
    _ = unsafe functions.cublasLtMatrixLayoutDestroy(left)
    _ = unsafe functions.cublasLtMatrixLayoutDestroy(right)
    _ = unsafe functions.cublasLtMatrixLayoutDestroy(result)
    _ = unsafe functions.cublasLtMatmulDescDestroy(operation)
  }
}

/// Calls of the library that make descriptions. They only fail where Cajal is wrong about the
/// library, or the host has no memory.
private struct LibraryCalls {
  let functions: cajal_cuda_blas

  init(_ functions: cajal_cuda_blas) { self.functions = functions }

  private func require(_ status: cajal_blas_status, _ function: String) {
    CajalSupport.require(
      status == 0, "\(function) failed: \(LibraryProduct.text(of: status, functions))")
  }

  func operation(_ computeType: Int) -> cajal_blas_operation {
    var operation: cajal_blas_operation?
    unsafe require(
      functions.cublasLtMatmulDescCreate(
        &operation, Int32(computeType), Int32(cajal_blas_float32)), "cublasLtMatmulDescCreate")
    return unsafe operation!
  }

  /// Column-major matrices, whose columns follow each other without gaps.
  func layout(
    _ type: Int, _ extents: (rows: Int, columns: Int), _ batch: Int, stride: Int
  ) -> cajal_blas_layout {
    var layout: cajal_blas_layout?
    unsafe require(
      functions.cublasLtMatrixLayoutCreate(
        &layout, Int32(type), UInt64(extents.rows), UInt64(extents.columns), Int64(extents.rows)),
      "cublasLtMatrixLayoutCreate")
    let made = unsafe layout!
    if batch > 1 {
      unsafe set(made, cajal_blas_layout_batch, to: Int32(batch)) { layout, attribute, value, n in
        unsafe functions.cublasLtMatrixLayoutSetAttribute(layout, attribute, value, n)
      }
      unsafe set(made, cajal_blas_layout_batch_stride, to: Int64(stride)) {
        layout, attribute, value, n in
        unsafe functions.cublasLtMatrixLayoutSetAttribute(layout, attribute, value, n)
      }
    }
    return unsafe made
  }

  func set<Value: BitwiseCopyable>(
    _ operation: cajal_blas_operation, _ attribute: Int, to value: Value
  ) {
    unsafe set(operation, attribute, to: value) { operation, attribute, value, count in
      unsafe functions.cublasLtMatmulDescSetAttribute(operation, attribute, value, count)
    }
  }

  /// Sets an attribute of an object by one of the library's functions.
  private func set<Value: BitwiseCopyable>(
    _ object: OpaquePointer, _ attribute: Int, to value: Value,
    by function: (OpaquePointer, Int32, UnsafeRawPointer, Int) -> cajal_blas_status
  ) {
    let status = unsafe withUnsafeBytes(of: value) {
      unsafe function(object, Int32(attribute), $0.baseAddress!, $0.count)
    }
    require(status, "an attribute \(attribute) of cuBLASLt")
  }

  /// The best algorithm for operands a and b, whose sums have an order that is always the same:
  /// parts of them are added in a step of its own.
  func heuristic(
    _ handle: cajal_blas_handle, _ operation: cajal_blas_operation, _ a: cajal_blas_layout,
    _ b: cajal_blas_layout, _ result: cajal_blas_layout, alignments: [Int]
  ) -> cajal_blas_heuristic? {
    var preference: cajal_blas_preference?
    unsafe require(
      functions.cublasLtMatmulPreferenceCreate(&preference), "cublasLtMatmulPreferenceCreate")
    let made = unsafe preference!
    defer { _ = unsafe functions.cublasLtMatmulPreferenceDestroy(made) }
    func set<Value: BitwiseCopyable>(_ attribute: Int, to value: Value) {
      unsafe self.set(made, attribute, to: value) { preference, attribute, value, count in
        unsafe functions.cublasLtMatmulPreferenceSetAttribute(preference, attribute, value, count)
      }
    }
    set(cajal_blas_preference_workspace_bytes, to: UInt64(LibraryProducts.workspaceBytes))
    set(cajal_blas_preference_reductions, to: UInt32(cajal_blas_reduction_in_workspace))
    set(cajal_blas_preference_alignment_a, to: UInt32(alignments[0]))
    set(cajal_blas_preference_alignment_b, to: UInt32(alignments[1]))
    set(cajal_blas_preference_alignment_c, to: UInt32(alignments[2]))
    set(cajal_blas_preference_alignment_d, to: UInt32(alignments[2]))
    var (found, count): (cajal_blas_heuristic, Int32) = (cajal_blas_heuristic(), 0)
    let status = unsafe functions.cublasLtMatmulAlgoGetHeuristic(
      handle, operation, a, b, result, result, made, 1, &found, &count)
    return status == 0 && count > 0 && found.state == 0 ? found : nil
  }
}
