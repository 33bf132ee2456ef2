import CCajalCUDA
import CajalSupport
package import CajalTensor

extension CUDABackend {
  /// The convolution of pictures with a kernel.
  package func convolution(
    _ x: Buffer, kernel: Buffer, bias: Buffer?, _ result: Buffer, _ geometry: ConvolutionGeometry
  ) {
    if geometry.isProduct {
      let product = MatrixProductGeometry(
        rows: geometry.resultPositions, inner: geometry.channels, columns: geometry.resultChannels)
      matrixProduct(x, kernel, bias: bias, result, product)
      return
    }
    var convolution = cajal_cuda_convolution(geometry)
    if geometry.hasFewChannels {
      launch(
        "cajal_convolution_few_channels",
        grid: grid(for: geometry.resultPositions * geometry.resultChannels), x, kernel, bias,
        result, convolution)
      return
    }
    let taps = geometry.rows.kernel * geometry.columns.kernel
    let tiling = ConvolutionTiling(
      positions: geometry.resultPositions, channels: geometry.groupResultChannels,
      count: geometry.groups, inner: taps * geometry.groupChannels, gridLimit: Grid.limit)
    let name = inPrecision("cajal_convolution_\(tiling.name)")
    convolution.parts = Int32(tiling.parts)
    func convolve(bias: Buffer?, _ target: some KernelArgument) {
      launch(
        name, grid: tiling.grid, block: tiling.threads, x, kernel, bias, target, convolution)
    }
    if tiling.parts == 1 {
      convolve(bias: bias, result)
      return
    }
    let count = geometry.resultPositions * geometry.resultChannels
    let partial = workspace(floats: tiling.parts * count)
    convolve(bias: nil, partial)
    sum(partial, tiling.parts, bias: bias, result, count: count, columns: geometry.resultChannels)
  }

  /// Adds the parts of a result of so many elements in all, and a bias for each of its columns.
  private func sum(
    _ partial: DeviceMemory, _ parts: Int, bias: Buffer?, _ result: Buffer, count: Int, columns: Int
  ) {
    let sums = cajal_cuda_parts(
      parts: Int64(parts), batch: 1, rows: Int64(count / columns), columns: Int64(columns),
      result_row: Int64(columns), result_batch: 0, accumulates: 0, relu: 0)
    launch("cajal_sum_parts", grid: grid(for: count), partial, bias, result, sums)
  }

  /// The gradient with respect to the pictures.
  package func convolutionInputGradient(
    resultGradient: Buffer, kernel: Buffer, _ xGradient: Buffer, _ geometry: ConvolutionGeometry
  ) {
    if geometry.isProduct {
      var product = MatrixProductGeometry(
        rows: geometry.resultPositions, inner: geometry.resultChannels, columns: geometry.channels)
      product.transposesRight = true
      matrixProduct(resultGradient, kernel, bias: nil, xGradient, product)
      return
    }
    var convolution = cajal_cuda_convolution(geometry)
    if geometry.hasFewChannels {
      launch(
        "cajal_convolution_input_gradient_few_channels",
        grid: grid(for: geometry.pictureShape.count), resultGradient, kernel, xGradient,
        convolution)
      return
    }
    // Positions that differ by the stride take the same taps: each such phase is a product.
    let (rows, columns) = (geometry.rows, geometry.columns)
    func inPhase(_ count: Int, _ axis: ConvolutionGeometry.Axis) -> Int {
      (count + axis.stride - 1) / axis.stride
    }
    let positions =
      geometry.images * inPhase(rows.extent, rows) * inPhase(columns.extent, columns)
    let taps = inPhase(rows.kernel, rows) * inPhase(columns.kernel, columns)
    let tiling = ConvolutionTiling(
      positions: positions, channels: geometry.groupChannels,
      count: geometry.groups * rows.stride * columns.stride,
      inner: taps * geometry.groupResultChannels, gridLimit: gridLimit, cutsLarge: false)
    let name = inPrecision("cajal_convolution_input_gradient_\(tiling.name)")
    convolution.parts = Int32(tiling.parts)
    func findGradient(_ target: some KernelArgument) {
      launch(
        name, grid: tiling.grid, block: tiling.threads, resultGradient, kernel, target,
        convolution)
    }
    if tiling.parts == 1 {
      findGradient(xGradient)
      return
    }
    let count = geometry.pictureShape.count
    let partial = workspace(floats: tiling.parts * count)
    findGradient(partial)
    sum(partial, tiling.parts, bias: nil, xGradient, count: count, columns: geometry.channels)
  }

  /// The gradient with respect to the kernel, which is added to.
  package func convolutionKernelGradient(
    _ x: Buffer, resultGradient: Buffer, _ kernelGradient: Buffer, _ geometry: ConvolutionGeometry
  ) {
    guard geometry.resultPositions > 0 else { return }
    if geometry.isProduct {
      var product = MatrixProductGeometry(
        rows: geometry.channels, inner: geometry.resultPositions, columns: geometry.resultChannels)
      product.transposesLeft = true
      product.accumulates = true
      matrixProduct(x, resultGradient, bias: nil, kernelGradient, product)
      return
    }
    let tiling = KernelGradientTiling(geometry, gridLimit: gridLimit)
    let kernel = geometry.hasFewChannels ? tiling.kernel : inPrecision(tiling.kernel)
    var convolution = cajal_cuda_convolution(geometry)
    convolution.parts = Int32(tiling.parts)
    convolution.positions_per_part = Int32(tiling.positionsPerPart)
    if tiling.parts == 1 {
      launch(
        kernel, grid: tiling.grid, block: tiling.threads, x, resultGradient, kernelGradient,
        convolution)
      return
    }
    let count = geometry.kernelShape.count
    let partial = workspace(floats: tiling.parts * count)
    launch(
      kernel, grid: tiling.grid, block: tiling.threads, x, resultGradient, partial, convolution)
    let columns = geometry.resultChannels / tiling.batch
    let sums = cajal_cuda_parts(
      parts: Int64(tiling.parts), batch: Int64(tiling.batch),
      rows: Int64(count / geometry.resultChannels), columns: Int64(columns),
      result_row: Int64(geometry.resultChannels), result_batch: Int64(columns), accumulates: 1,
      relu: 0)
    launch(
      "cajal_sum_parts", grid: grid(for: count), partial, nil as Buffer?, kernelGradient, sums)
  }
}

/// How results of a convolution are divided among blocks, by the shape alone.
private struct ConvolutionTiling {
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
private struct KernelGradientTiling {
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

extension ConvolutionGeometry {
  /// Positions of all results.
  fileprivate var resultPositions: Int { images * rows.result * columns.result }

  /// Whether each result is of one position: a matrix product of pictures and kernel.
  fileprivate var isProduct: Bool {
    groups == 1 && [rows, columns].allSatisfy { $0.kernel == 1 && $0.stride == 1 }
  }

  /// Whether groups have so few channels that tiles of them would be mostly empty.
  fileprivate var hasFewChannels: Bool {
    groups > 1 && groupChannels < 16 && groupResultChannels < 16
  }
}

extension cajal_cuda_convolution {
  /// A geometry as kernels take it, which count positions in 32 bits, and groups in a grid's depth.
  fileprivate init(_ geometry: ConvolutionGeometry) {
    let positions = geometry.images * geometry.rows.extent * geometry.columns.extent
    require(
      max(positions, geometry.resultPositions) <= Int(Int32.max),
      "a convolution on a GPU has at most 2³¹ - 1 positions in all pictures, not \(positions) that "
        + "make \(geometry.resultPositions)")
    require(
      geometry.groups <= Grid.limit || geometry.hasFewChannels,
      "a convolution on a GPU has at most \(Grid.limit) groups of 16 channels or more, not "
        + "\(geometry.groups)")
    func axis(_ axis: ConvolutionGeometry.Axis) -> cajal_cuda_axis {
      cajal_cuda_axis(
        extent: Int32(axis.extent), kernel: Int32(axis.kernel), stride: Int32(axis.stride),
        before: Int32(axis.before), result: Int32(axis.result))
    }
    self.init(
      rows: axis(geometry.rows), columns: axis(geometry.columns), images: Int32(geometry.images),
      channels: Int32(geometry.channels), result_channels: Int32(geometry.resultChannels),
      groups: Int32(geometry.groups), parts: 1, positions_per_part: 0)
  }
}
