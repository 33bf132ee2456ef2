import CajalTensor

/// How a convolution or one of its gradients, as a matrix product, is divided among blocks, by the
/// shape alone.
struct ConvolutionTiling {
  /// The kernels that there are for a product.
  enum Shape: String, CaseIterable {
    /// 128 by 128, where they make blocks enough. Their sums have one part.
    case large
    /// 64 by 64.
    case small
    /// 128 by 32.
    case narrow
    /// 32 by 32, whose summed elements are cut into slices for each warp of the block.
    case sliced

    fileprivate var size: (rows: Int, columns: Int) {
      switch self {
      case .large: (128, 128)
      case .small: (64, 64)
      case .narrow: (128, 32)
      case .sliced: (32, 32)
      }
    }

    fileprivate var threads: Int { self == .large || self == .sliced ? 256 : 128 }
  }

  let shape: Shape
  let threads: Int
  let grid: Grid
  /// The parts that sums are cut into, and the terms of each but the last one: as many as make the
  /// device's blocks, if each has terms enough to be worth its writing and reading.
  let parts: Int, summedPerPart: Int

  /// Products of `rows` by `columns`, `count` times, of sums of `inner` terms.
  init(
    rows: Int, columns: Int, count: Int, inner: Int, gridLimit: Int,
    among shapes: Set<Shape> = Set(Shape.allCases)
  ) {
    func tiles(_ shape: Shape) -> Int {
      let (height, width) = shape.size
      return (rows + height - 1) / height * ((columns + width - 1) / width)
    }
    func cut(_ shape: Shape) -> (parts: Int, perPart: Int) {
      let blocks = max(tiles(shape) * count, 1)
      let perPart = CajalCUDA.summedPerPart(inner, blocks: 256, of: blocks, least: 512)
      return ((inner + perPart - 1) / perPart, perPart)
    }
    let whole: Shape = shapes.contains(.narrow) && columns <= 32 ? .narrow : .small
    if shapes.contains(.large), columns >= 96, tiles(.large) * count >= 128 {
      (shape, parts, summedPerPart) = (.large, 1, inner)
    } else {
      // Slices keep a multiprocessor busy with less of the result, but read more for it.
      shape = tiles(whole) * count * cut(whole).parts >= 192 ? whole : .sliced
      (parts, summedPerPart) = cut(shape)
    }
    threads = shape.threads
    grid = Grid(tiles(shape), 1, min(count * parts, gridLimit))
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
    if geometry.hasFewChannels {
      (kernel, threads, batch) = ("cajal_convolution_kernel_gradient_few_channels", 256, 1)
      let tiles = (geometry.resultChannels + 31) / 32 * rows
      positionsPerPart = summedPerPart(positions, blocks: 512, of: tiles, least: 256)
      parts = (positions + positionsPerPart - 1) / positionsPerPart
      // It has a block for each part.
      grid = Grid(tiles, 1, min(parts, Grid.limit))
    } else {
      batch = geometry.groups
      let tiling = ConvolutionTiling(
        rows: rows, columns: geometry.groupResultChannels, count: batch, inner: positions,
        gridLimit: gridLimit, among: [.small, .sliced])
      kernel = "cajal_convolution_kernel_gradient_\(tiling.shape.rawValue)"
      (threads, grid) = (tiling.threads, tiling.grid)
      (parts, positionsPerPart) = (tiling.parts, tiling.summedPerPart)
    }
  }
}
