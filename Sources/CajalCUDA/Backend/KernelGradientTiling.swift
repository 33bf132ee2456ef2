import CajalTensor

/// How a kernel's gradient is divided among blocks, by the shape alone: positions too, so that
/// small kernels fill the device.
struct KernelGradientTiling {
  let kernel: String
  let threads: Int
  let grid: Grid
  let parts: Int, positionsPerPart: Int
  /// The groups whose partial sums lie one after another.
  let batch: Int

  init(_ geometry: ConvolutionGeometry, gridLimit: Int) {
    let positions = geometry.resultPositions
    let rows = geometry.kernelShape.count / geometry.resultChannels
    if geometry.hasFewChannels {
      (kernel, threads, batch) = ("cajal_convolution_kernel_gradient_few_channels", 256, 1)
      let tiles = (geometry.resultChannels + 31) / 32 * rows
      (parts, positionsPerPart) = ProductTiling.cut(
        positions, parts: (512 + tiles - 1) / tiles, least: 256)
      // It has a block for each part.
      grid = Grid(tiles, 1, min(parts, Grid.limit))
    } else {
      batch = geometry.groups
      let tiling = ProductTiling(
        rows: rows, columns: geometry.groupResultChannels, count: batch, inner: positions,
        gridLimit: gridLimit, among: [.small, .sliced])
      kernel = "cajal_convolution_kernel_gradient_\(tiling.shape.rawValue)"
      (threads, grid) = (tiling.threads, tiling.grid)
      (parts, positionsPerPart) = (tiling.parts, tiling.termsPerPart)
    }
  }
}
