import CCajalCUDA
import Testing

@Suite struct ConvolutionKernelTests {
  /// Strides, paddings and groups; the first has channels for 16-byte accesses.
  static let geometries = [
    geometry(extent: (7, 5), kernel: (3, 3), stride: (1, 2), before: (1, 1), channels: (8, 12)),
    geometry(
      extent: (6, 6), kernel: (2, 3), stride: (2, 1), before: (0, 1), channels: (6, 9), groups: 3),
    geometry(extent: (9, 5), kernel: (2, 1), stride: (3, 2), before: (0, 0), channels: (3, 70)),
  ]

  private static func geometry(
    extent: (Int32, Int32), kernel: (Int32, Int32), stride: (Int32, Int32),
    before: (Int32, Int32), channels: (Int32, Int32), groups: Int32 = 1
  ) -> cajal_cuda_convolution {
    func axis(
      _ extent: Int32, _ kernel: Int32, _ stride: Int32, _ before: Int32
    ) -> cajal_cuda_axis {
      cajal_cuda_axis(
        extent: extent, kernel: kernel, stride: stride, before: before,
        result: (extent + 2 * before - kernel) / stride + 1)
    }
    return cajal_cuda_convolution(
      rows: axis(extent.0, kernel.0, stride.0, before.0),
      columns: axis(extent.1, kernel.1, stride.1, before.1), images: 2, channels: channels.0,
      result_channels: channels.1, groups: groups, parts: 1, positions_per_part: 0,
      relu: 0, accumulates: 0)
  }

  private static let sizes = [
    (name: "large", rows: 128, columns: 128, threads: 256),
    (name: "small", rows: 64, columns: 64, threads: 128),
    (name: "narrow", rows: 128, columns: 32, threads: 128),
    (name: "sliced", rows: 32, columns: 32, threads: 256),
  ]

  @Test(arguments: KernelTests.devices, 0..<3) func convolves(device: Int, index: Int) {
    for rounding in Rounding.all { convolves(device, index, rounding) }
  }

  private func convolves(_ device: Int, _ index: Int, _ rounding: Rounding) {
    let machine = EmulatedDevice(device)
    let sample = ConvolutionCase(Self.geometries[index])
    let (expected, sizes) = (sample.expected(), sample.sizes())
    let ending = rounding.unit == 0 ? ".cu" : "_tensor.cu"
    // More parts than some of the phases have summed elements.
    for (size, parts) in Self.sizes.flatMap({ size in [1, 3].map { (size, $0) } }) {
      var convolution = sample.geometry
      let phases = convolution.rows.stride * convolution.columns.stride
      let partial = [4, 5].map {
        [Float](repeating: .nan, count: parts * sample.operands[$0].count)
      }
      // Large tiles have no parts of the gradient.
      let gradientParts = size.name == "large" ? 1 : parts
      let results = machine.run(on: sample.operands + partial) { address in
        convolution.parts = Int32(parts)
        machine.launch(
          "cajal_convolution_\(size.name)\(rounding)", file: "convolution\(ending)",
          blocks: sample.blocks(sample.resultPositions, convolution.result_channels, size),
          blocksDeep: Int(convolution.groups) * parts, threads: size.threads, address[0],
          address[1], parts == 1 ? address[2] : cajal_cuda_address(0),
          parts == 1 ? address[4] : address[6], convolution)
        convolution.parts = Int32(gradientParts)
        machine.launch(
          "cajal_convolution_input_gradient_\(size.name)\(rounding)",
          file: "convolution_input_gradient\(ending)",
          blocks: sample.blocks(sample.positions, convolution.channels, size),
          blocksDeep: Int(convolution.groups * phases) * gradientParts, threads: size.threads,
          address[3], address[1], gradientParts == 1 ? address[5] : address[7], convolution)
        func addParts(_ number: Int, _ columns: Int32, bias: cajal_cuda_address) {
          let rows = sample.operands[4 + number].count / Int(columns)
          let sums = cajal_cuda_parts(
            parts: Int64(parts), batch: 1, rows: Int64(rows), columns: Int64(columns),
            result_row: Int64(columns), result_batch: 0, accumulates: 0, relu: 0)
          machine.launch(
            "cajal_sum_parts", file: "matrix_product.cu", threads: 256, address[6 + number], bias,
            address[4 + number], sums)
        }
        if parts > 1 { addParts(0, convolution.result_channels, bias: address[2]) }
        if gradientParts > 1 { addParts(1, convolution.channels, bias: cajal_cuda_address(0)) }
      }
      for (index, name) in ["result", "gradient of the pictures"].enumerated() {
        expectClose(
          results[4 + index], expected[index], sizes: sizes[index], share: rounding.ofProduct,
          "\(name), \(size.name)\(rounding), \(parts) parts")
      }
    }
  }

  @Test(arguments: KernelTests.devices, 0..<3)
  func findsGradientsOfKernels(device: Int, index: Int) {
    for rounding in Rounding.all { findsGradientsOfKernels(device, index, rounding) }
  }

  private func findsGradientsOfKernels(_ device: Int, _ index: Int, _ rounding: Rounding) {
    let machine = EmulatedDevice(device)
    let sample = ConvolutionCase(Self.geometries[index])
    let tiles = Self.sizes.filter { $0.rows == $0.columns && $0.name != "large" }
    for parts in [1, 2] {
      // The kernel without tiles is for few channels of groups.
      for size in tiles + (rounding.unit == 0 ? [nil] : []) {
        let isPlain = size == nil
        var convolution = sample.geometry
        let step = isPlain ? 5 : 16
        convolution.parts =
          parts == 1 ? 1 : Int32((sample.resultPositions + step - 1) / step)
        convolution.positions_per_part = Int32(parts == 1 ? sample.resultPositions : step)
        let groups = isPlain ? 1 : convolution.groups
        let inner = sample.kernelRows, columns = Int(convolution.result_channels / groups)
        let count = Int(convolution.parts) * sample.operands[1].count
        let results = machine.run(on: sample.operands + [[Float](repeating: .nan, count: count)]) {
          address in
          let target = address[convolution.parts == 1 ? 1 : 6]
          if let size {
            machine.launch(
              "cajal_convolution_kernel_gradient_\(size.name)\(rounding)",
              file: rounding.unit == 0 ? "convolution_kernel_gradient.cu" : "convolution_tensor.cu",
              blocks: (inner + size.rows - 1) / size.rows
                * ((columns + size.columns - 1) / size.columns),
              blocksDeep: Int(groups * convolution.parts), threads: size.threads, address[0],
              address[3], target, convolution)
          } else {
            machine.launch(
              "cajal_convolution_kernel_gradient_few_channels",
              file: "convolution_few_channels.cu", blocks: (columns + 31) / 32 * inner,
              blocksDeep: Int(convolution.parts), threads: 256, address[0], address[3], target,
              convolution)
          }
          guard convolution.parts > 1 else { return }
          let sums = cajal_cuda_parts(
            parts: Int64(convolution.parts), batch: Int64(groups), rows: Int64(inner),
            columns: Int64(columns), result_row: Int64(convolution.result_channels),
            result_batch: Int64(columns), accumulates: 1, relu: 0)
          machine.launch(
            "cajal_sum_parts", file: "matrix_product.cu", threads: 256, address[6],
            cajal_cuda_address(0), address[1], sums)
        }
        expectClose(
          results[1], sample.expected()[2], sizes: sample.sizes()[2], share: rounding.ofProduct,
          "gradient of the kernel, \(size?.name ?? "few channels")\(rounding), \(parts) parts")
      }
    }
  }

  @Test(arguments: KernelTests.devices, 0..<3) func convolvesPlainly(device: Int, index: Int) {
    let machine = EmulatedDevice(device)
    let sample = ConvolutionCase(Self.geometries[index])
    let results = machine.run(on: sample.operands) { address in
      machine.launch(
        "cajal_convolution_few_channels", file: "convolution_few_channels.cu", threads: 256,
        address[0], address[1], address[2], address[4], sample.geometry)
      machine.launch(
        "cajal_convolution_input_gradient_few_channels", file: "convolution_few_channels.cu",
        threads: 256, address[3], address[1], address[5], sample.geometry)
    }
    expectClose(results[4], sample.expected()[0], "result")
    expectClose(results[5], sample.expected()[1], "gradient of the pictures")
  }
}
