import CajalTensor

/// How results of a convolution are divided among blocks, by the shape alone.
struct ConvolutionTiling {
  let name: String
  let threads: Int
  let grid: Grid
  /// The parts that sums are cut into, so that small pictures fill the device too.
  let parts: Int

  /// Tiles of `positions` and `channels`, `count` times, of sums of `inner` terms, which perhaps are
  /// not cut in large tiles.
  init(
    positions: Int, channels: Int, count: Int, inner: Int, gridLimit: Int, cutsLarge: Bool = true
  ) {
    func tiles(_ height: Int, _ width: Int) -> Int {
      (positions + height - 1) / height * ((channels + width - 1) / width)
    }
    let across: Int
    if channels <= 32 {
      (name, threads, across) = ("narrow", 128, tiles(128, 32))
    } else if channels >= 96, tiles(128, 128) * count >= 128 {
      (name, threads, across) = ("large", 256, tiles(128, 128))
    } else {
      (name, threads, across) = ("small", 128, tiles(64, 64))
    }
    let blocks = across * count
    if blocks > 0, blocks < 192, inner >= 128, cutsLarge || name != "large" {
      let perPart = summedPerPart(inner, blocks: 256, of: blocks, least: 64)
      parts = (inner + perPart - 1) / perPart
    } else {
      parts = 1
    }
    grid = Grid(across, 1, min(count * parts, gridLimit))
  }
}

/// How a kernel's gradient is divided among blocks, by the shape alone: positions too, so that small
/// kernels fill the device.
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
    let tiles: Int
    var perPart = positions
    if geometry.hasFewChannels {
      (kernel, threads, batch) = ("cajal_convolution_kernel_gradient_few_channels", 256, 1)
      tiles = (geometry.resultChannels + 31) / 32 * rows
      perPart = summedPerPart(positions, blocks: 512, of: tiles, least: 256)
    } else {
      (kernel, threads, batch) = ("cajal_convolution_kernel_gradient", 128, geometry.groups)
      tiles = (rows + 63) / 64 * ((geometry.groupResultChannels + 63) / 64)
      if tiles * batch < 192, positions >= 128 {
        perPart = summedPerPart(positions, blocks: 256, of: tiles * batch, least: 64)
      }
    }
    positionsPerPart = perPart
    parts = (positions + perPart - 1) / perPart
    // The kernel for few channels has a block for each part.
    let limit = geometry.hasFewChannels ? Grid.limit : gridLimit
    grid = Grid(tiles, 1, min(parts * batch, limit))
  }
}
