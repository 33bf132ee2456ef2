import CCajalCUDA
import CajalSupport
package import CajalTensor

extension CUDABackend {
  /// The convolution of pictures with a kernel.
  package func convolution(
    _ x: Buffer, kernel: Buffer, bias: Buffer?, _ result: Buffer, _ geometry: ConvolutionGeometry
  ) {
    if geometry.isProduct {
      var product = MatrixProductGeometry(
        rows: geometry.resultPositions, inner: geometry.channels, columns: geometry.resultChannels)
      product.activation = geometry.activation
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
    let tiling = ProductTiling(
      rows: geometry.resultPositions, columns: geometry.groupResultChannels,
      count: geometry.groups, inner: taps * geometry.groupChannels, gridLimit: Grid.limit,
      among: Self.convolutionShapes)
    let name = inPrecision("cajal_convolution_\(tiling.shape.rawValue)")
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
    sum(
      partial, tiling.parts, bias: bias, result, count: count, columns: geometry.resultChannels,
      relu: geometry.activation == .relu)
  }

  private static var convolutionShapes: Set<ProductTiling.Shape> {
    [.large, .small, .narrow, .sliced]
  }

  /// Adds the parts of a result of so many elements in all, and a bias for each of its columns; what
  /// is left as for a convolution.
  private func sum(
    _ partial: DeviceMemory, _ parts: Int, bias: Buffer?, _ result: Buffer, count: Int,
    columns: Int, relu: Bool = false, accumulates: Bool = false
  ) {
    let sums = cajal_cuda_parts(
      parts: Int64(parts), batch: 1, rows: Int64(count / columns), columns: Int64(columns),
      result_row: Int64(columns), result_batch: 0,
      accumulates: accumulates ? 1 : 0, relu: relu ? 1 : 0)
    launch("cajal_sum_parts", grid: grid(for: count), partial, bias, result, sums)
  }

  /// The gradient with respect to the pictures.
  package func convolutionInputGradient(
    resultGradient: Buffer, kernel: Buffer, _ xGradient: Buffer, accumulates: Bool,
    _ geometry: ConvolutionGeometry
  ) {
    if geometry.isProduct {
      var product = MatrixProductGeometry(
        rows: geometry.resultPositions, inner: geometry.resultChannels, columns: geometry.channels)
      product.transposesRight = true
      product.accumulates = accumulates
      matrixProduct(resultGradient, kernel, bias: nil, xGradient, product)
      return
    }
    var convolution = cajal_cuda_convolution(geometry)
    convolution.accumulates = accumulates ? 1 : 0
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
    let tiling = ProductTiling(
      rows: positions, columns: geometry.groupChannels,
      count: geometry.groups * rows.stride * columns.stride,
      inner: taps * geometry.groupResultChannels, gridLimit: gridLimit,
      among: Self.convolutionShapes)
    let name = inPrecision("cajal_convolution_input_gradient_\(tiling.shape.rawValue)")
    convolution.parts = Int32(tiling.parts)
    func findGradient(_ target: some KernelArgument) {
      launch(
        name, grid: tiling.grid, block: tiling.threads, resultGradient, kernel, target,
        convolution)
    }
    if tiling.parts == 1, !accumulates || tiling.shape != .large {
      findGradient(xGradient)
      return
    }
    let count = geometry.pictureShape.count
    let partial = workspace(floats: tiling.parts * count)
    findGradient(partial)
    sum(
      partial, tiling.parts, bias: nil, xGradient, count: count, columns: geometry.channels,
      accumulates: accumulates)
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

extension ConvolutionGeometry {
  /// Positions of all results.
  var resultPositions: Int { images * rows.result * columns.result }

  /// Whether each result is of one position: a matrix product of pictures and kernel.
  fileprivate var isProduct: Bool {
    groups == 1 && [rows, columns].allSatisfy { $0.kernel == 1 && $0.stride == 1 }
  }

  /// Whether groups have so few channels that tiles of them would be mostly empty.
  var hasFewChannels: Bool {
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
      groups: Int32(geometry.groups), parts: 1, positions_per_part: 0,
      relu: geometry.activation == .relu ? 1 : 0, accumulates: 0)
  }
}
