public import CajalTensor

/// A parameter's name, shape and place in the flat buffer that all parameters share.
public struct ParameterSlice: Sendable, Hashable {
  /// The path, such as `decoder/layer_0/ffn/conv1/kernel`.
  public let name: String
  /// The shape of the parameter.
  public let shape: Shape
  /// The index of its first element in the flat buffer.
  public let offset: Int

  /// A slice from its parts.
  public init(name: String, shape: Shape, offset: Int) {
    self.name = name
    self.shape = shape
    self.offset = offset
  }

  /// Its elements in the flat buffer.
  public var range: Range<Int> { offset..<offset + shape.count }

  /// Whether tensor2tensor's weight decay spares it: a vector whose name ends in `bias`.
  public var isBias: Bool { shape.rank == 1 && name.hasSuffix("bias") }

  /// Whether it has two axes or more, as kernels and embeddings have and as the biases and the scales
  /// of normalisations have not.
  public var isMatrix: Bool { shape.rank >= 2 }
}

extension [ParameterSlice] {
  /// The elements of the slices that `isIncluded` picks; neighbours are merged.
  func ranges(where isIncluded: (ParameterSlice) -> Bool) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    let picked = filter(isIncluded).map(\.range).filter { !$0.isEmpty }
    for range in picked.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = ranges.last, last.upperBound == range.lowerBound {
        ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
      } else {
        ranges.append(range)
      }
    }
    return ranges
  }
}

extension [ParameterSlice] {
  /// One flat buffer of all the slices, each read by `tensor`.
  ///
  /// The slices fill the buffer without gaps. What `tensor` throws is passed on; a tensor of another
  /// shape than its slice's is a programming error.
  public func assembled(
    on device: Device = .cpu, from tensor: (ParameterSlice) throws -> Tensor<Float>
  ) rethrows -> Tensor<Float> {
    let flat = Tensor<Float>(uninitialized: [map(\.range.upperBound).max() ?? 0], on: device)
    for slice in self {
      let part = try tensor(slice).copied(to: device)
      precondition(
        part.shape == slice.shape, "\(slice.name) has shape \(part.shape), not \(slice.shape)")
      withExtendedLifetime((flat, part)) {
        device.backend.copy(
          part.unsafePointer, to: flat.unsafeMutablePointer + slice.offset,
          byteCount: part.count * MemoryLayout<Float>.stride)
      }
    }
    return flat
  }

  /// The slices of a flat buffer under their names with `prefix` before them. They share its elements.
  public func named(_ prefix: String, in flat: Tensor<Float>) -> [(
    name: String, tensor: Tensor<Float>
  )] {
    map { (prefix + $0.name, flat.flatSlice(from: $0.offset, shape: $0.shape)) }
  }
}
