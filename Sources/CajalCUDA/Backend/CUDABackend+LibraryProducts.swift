import CajalTensor

extension CUDABackend {
  /// Computes a product by NVIDIA's library, or returns false where it is left to Cajal's kernels:
  /// they take few rows, which are a matter of memory, what the library has no algorithm for, and
  /// buffers that are not aligned to 16 bytes.
  func multiplyByLibrary(
    _ left: Buffer, _ right: Buffer, bias: Buffer?, _ result: Buffer,
    _ geometry: MatrixProductGeometry
  ) -> Bool {
    guard let library = libraryProducts, geometry.rows > 32,
      geometry.suits(library: library.leastMultiplications)
    else { return false }
    let hasEpilogue = bias != nil || geometry.activation != .identity
    // The library would apply the epilogue to what is added to as well.
    guard !geometry.accumulates || !hasEpilogue else { return false }
    let isRounded = precision == .bfloat16
    let used = [result, bias] + (isRounded ? [] : [left, right])
    guard used.allSatisfy({ ($0?.kernelValue ?? 0) % 16 == 0 }) else { return false }
    let kind = LibraryProduct.Kind(geometry: geometry, hasBias: bias != nil)
    guard let product = library.product(kind) else { return false }

    // All of it may be used again as soon as the launches are made.
    let rounded = isRounded ? roundedOperands(left, right, geometry) : nil
    let workspace =
      product.workspaceBytes > 0 ? self.workspace(byteCount: product.workspaceBytes) : nil
    let isLaunched = library.launch(
      product, kind, left: rounded?.left.address ?? left.kernelValue,
      right: rounded?.right.address ?? right.kernelValue, bias: bias?.kernelValue,
      result: result.kernelValue, workspace: workspace?.address)
    // Else the optimizer could end their lives before the launch.
    withExtendedLifetime((rounded, workspace)) {}
    return isLaunched
  }

  /// Both operands in bfloat16.
  private func roundedOperands(
    _ left: Buffer, _ right: Buffer, _ geometry: MatrixProductGeometry
  ) -> (left: DeviceMemory, right: DeviceMemory) {
    let (leftVectors, rightVectors) = (
      (geometry.leftCount + 7) / 8, (geometry.rightCount + 7) / 8
    )
    let memory = (
      left: workspace(byteCount: 16 * leftVectors), right: workspace(byteCount: 16 * rightVectors)
    )
    launch(
      "cajal_round_operands_bfloat16", grid: grid(for: leftVectors + rightVectors), left,
      memory.left, geometry.leftCount, right, memory.right, geometry.rightCount)
    return memory
  }
}

extension MatrixProductGeometry {
  /// Whether extents are such that a library takes them, for at least so many multiplications.
  fileprivate func suits(library least: Int) -> Bool {
    let limit = Int(Int32.max)
    return inner > 0 && max(rows, inner, columns, batch) <= limit
      && rows * columns * batch >= (least + inner - 1) / inner
  }
}
