import CCajalCUDA
package import CajalTensor

extension CUDABackend {
  /// `scale` times the sum of each block of positions.
  package func sumBlocks(_ x: Buffer, scale: Float, _ result: Buffer, _ geometry: BlockGeometry) {
    let count = geometry.images * geometry.rows * geometry.columns * geometry.channels
    launch(
      "cajal_sum_blocks", grid: grid(for: count), x, scale, result, cajal_cuda_blocks(geometry))
  }

  /// `scale` times each position at every position of its block.
  package func repeatBlocks(_ x: Buffer, scale: Float, _ result: Buffer, _ geometry: BlockGeometry)
  {
    let positions = geometry.images * geometry.rows * geometry.columns
    let count = positions * geometry.factor * geometry.factor * geometry.channels
    launch(
      "cajal_repeat_blocks", grid: grid(for: count, perThread: 4), x, scale, result,
      cajal_cuda_blocks(geometry))
  }

  /// Group normalization of pictures.
  package func groupNorm(
    _ x: Buffer, scale: Buffer, bias: Buffer, _ result: Buffer, statistics: Buffer,
    _ geometry: GroupNormGeometry, epsilon: Float
  ) {
    guard geometry.count > 0 else { return }
    let pictures = cajal_cuda_group_norm(geometry)
    let partial = workspace(floats: geometry.partialCount)
    launch(
      "cajal_group_norm_partials", grid: walkedGrid(geometry.partialBlocks), x, partial, pictures)
    launch(
      "cajal_group_norm_statistics", grid: walkedGrid(geometry.images * geometry.groups),
      block: 128, partial, statistics, pictures, epsilon)
    launch(
      "cajal_group_norm", grid: grid(for: geometry.count, perThread: 4), x, scale, bias, statistics,
      result, pictures)
  }

  /// The gradients of group normalization.
  package func groupNormGradient(
    _ x: Buffer, scale: Buffer, statistics: Buffer, resultGradient: Buffer, _ xGradient: Buffer,
    scaleGradient: Buffer, biasGradient: Buffer, _ geometry: GroupNormGeometry
  ) {
    guard geometry.count > 0 else { return }
    let pictures = cajal_cuda_group_norm(geometry)
    let partial = workspace(floats: geometry.partialCount)
    launch(
      "cajal_group_norm_gradient_partials", grid: walkedGrid(geometry.partialBlocks), x,
      statistics, resultGradient, partial, pictures)
    let (images, channels) = (geometry.images, geometry.channels)
    var sums = partial
    if geometry.chunks > 1 {
      sums = workspace(floats: images * 2 * channels)
      reduceColumns(
        cajal_cuda_sum, partial, sums, outer: images, length: geometry.chunks, inner: 2 * channels,
        accumulates: false)
    }
    let means = workspace(floats: images * geometry.groups * 2)
    launch(
      "cajal_group_norm_gradient_means", grid: Grid((images * geometry.groups + 3) / 4), block: 128,
      sums, scale, means, pictures)
    launch(
      "cajal_group_norm_gradient", grid: grid(for: geometry.count, perThread: 4), x, scale,
      statistics, means, resultGradient, xGradient, pictures)
    launch(
      "cajal_add_partial_sums", grid: walkedGrid((2 * channels + 31) / 32), sums, images,
      channels, scaleGradient, biasGradient)
  }
}

extension GroupNormGeometry {
  fileprivate var count: Int { images * positions * channels }
  /// The parts that the positions of a picture are cut into.
  fileprivate var chunks: Int {
    Int(cajal_cuda_group_norm_chunks(Int64(positions), Int64(channels)))
  }
  /// The elements of partial results, and the blocks that compute them.
  fileprivate var partialCount: Int { images * chunks * 2 * channels }
  fileprivate var partialBlocks: Int {
    Int(cajal_cuda_group_norm_blocks(Int64(images), Int64(positions), Int64(channels)))
  }
}

extension cajal_cuda_group_norm {
  /// A geometry as kernels take it.
  fileprivate init(_ geometry: GroupNormGeometry) {
    self.init(
      images: Int64(geometry.images), positions: Int64(geometry.positions),
      channels: Int64(geometry.channels), groups: Int64(geometry.groups))
  }
}

extension cajal_cuda_blocks {
  /// A geometry as kernels take it.
  fileprivate init(_ geometry: BlockGeometry) {
    self.init(
      images: Int64(geometry.images), rows: Int64(geometry.rows),
      columns: Int64(geometry.columns), channels: Int64(geometry.channels),
      factor: Int64(geometry.factor))
  }
}
