import CCajalKernels

extension CPUBackend {
  /// Group normalization of each picture.
  package func groupNorm(
    _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>, bias: UnsafePointer<Float>,
    _ result: UnsafeMutablePointer<Float>, statistics: UnsafeMutablePointer<Float>,
    _ geometry: GroupNormGeometry, epsilon: Float
  ) {
    let size = geometry.positions * geometry.channels
    concurrently(geometry.images, every: max(elementsPerPiece / max(size, 1), 1)) { image in
      unsafe withScratch(2 * geometry.channels) { scratch in
        unsafe kernels.pointee.group_norm(
          x + image * size, scale, bias, result + image * size,
          statistics + image * 2 * geometry.groups, geometry.positions, geometry.channels,
          geometry.groups, epsilon, scratch)
      }
    }
  }

  /// The gradients of group normalization.
  package func groupNormGradient(
    _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>, statistics: UnsafePointer<Float>,
    resultGradient: UnsafePointer<Float>, _ xGradient: UnsafeMutablePointer<Float>,
    scaleGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>,
    _ geometry: GroupNormGeometry
  ) {
    let channels = geometry.channels
    let size = geometry.positions * channels
    // The pictures' gradients of scale and bias are kept apart and added in order, so that the
    // number of threads does not show in the result.
    unsafe withScratch(geometry.images * 6 * channels) { parts in
      concurrently(geometry.images, every: max(elementsPerPiece / max(size, 1), 1)) { image in
        let part = unsafe parts + image * 6 * channels
        unsafe kernels.pointee.group_norm_gradient(
          x + image * size, scale, statistics + image * 2 * geometry.groups,
          resultGradient + image * size, xGradient + image * size, part, part + channels,
          geometry.positions, channels, geometry.groups, part + 2 * channels)
      }
      for image in 0..<geometry.images {
        let part = unsafe parts + image * 6 * channels
        unsafe kernels.pointee.add_scaled(part, 1, scaleGradient, channels)
        unsafe kernels.pointee.add_scaled(part + channels, 1, biasGradient, channels)
      }
    }
  }

  /// `scale` times the sum of each block of positions.
  package func sumBlocks(
    _ x: UnsafePointer<Float>, scale: Float, _ result: UnsafeMutablePointer<Float>,
    _ geometry: BlockGeometry
  ) {
    forEachRow(of: geometry) { blocks, positions in
      unsafe kernels.pointee.sum_blocks(
        x + positions, scale, result + blocks, geometry.columns, geometry.channels, geometry.factor)
    }
  }

  /// `scale` times each position at every position of its block.
  package func repeatBlocks(
    _ x: UnsafePointer<Float>, scale: Float, _ result: UnsafeMutablePointer<Float>,
    _ geometry: BlockGeometry
  ) {
    forEachRow(of: geometry) { blocks, positions in
      unsafe kernels.pointee.repeat_blocks(
        x + blocks, scale, result + positions, geometry.columns, geometry.channels,
        geometry.factor)
    }
  }

  /// Calls `body` with where each row of blocks begins among the blocks and among the positions.
  private func forEachRow(
    of geometry: BlockGeometry, _ body: (_ blocks: Int, _ positions: Int) -> Void
  ) {
    let row = geometry.columns * geometry.channels
    let rowOfPositions = row * geometry.factor * geometry.factor
    concurrently(
      geometry.images * geometry.rows, every: max(elementsPerPiece / max(rowOfPositions, 1), 1)
    ) { body($0 * row, $0 * rowOfPositions) }
  }
}
