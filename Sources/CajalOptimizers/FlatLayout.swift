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

/// The parameters of a model in one flat buffer, in ascending order, perhaps with padding after each.
///
/// Padding is 0 in parameters and gradients, and every update keeps it so.
public struct FlatLayout: Sendable, Hashable {
  /// The parameters, by ascending offset.
  public let slices: [ParameterSlice]
  /// The number of elements of the buffer.
  public let count: Int

  /// A layout of slices, in any order, which must neither overlap nor share a name.
  ///
  /// - Parameter count: The number of elements of the buffer; by default it ends with the last slice.
  public init(_ slices: [ParameterSlice], count: Int? = nil) {
    let sorted = slices.sorted {
      ($0.offset, $0.range.upperBound) < ($1.offset, $1.range.upperBound)
    }
    let end = sorted.last?.range.upperBound ?? 0
    self.slices = sorted
    self.count = count ?? end
    precondition(
      sorted.first?.offset ?? 0 >= 0 && end <= self.count,
      "\(end) elements of parameters do not fit into a buffer of \(self.count)")
    for (slice, next) in zip(sorted, sorted.dropFirst()) {
      precondition(
        slice.range.upperBound <= next.offset, "\(slice.name) and \(next.name) overlap")
    }
    precondition(
      Set(slices.map(\.name)).count == slices.count, "two parameters have the same name")
  }

  /// The elements of the slices that `isIncluded` picks, with the padding after them; neighbours are
  /// merged.
  func ranges(where isIncluded: (ParameterSlice) -> Bool) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for (index, slice) in slices.enumerated() where isIncluded(slice) {
      let end = index + 1 < slices.count ? slices[index + 1].offset : count
      if let last = ranges.last, last.upperBound == slice.offset {
        ranges[ranges.count - 1] = last.lowerBound..<end
      } else if slice.offset < end {
        ranges.append(slice.offset..<end)
      }
    }
    return ranges
  }

  /// One flat buffer of all the slices, each read by `tensor`, with 0 as padding.
  ///
  /// What `tensor` throws is passed on; a tensor of another shape than its slice's is a programming
  /// error.
  public func assembled(
    on device: Device = .cpu, from tensor: (ParameterSlice) throws -> Tensor<Float>
  ) rethrows -> Tensor<Float> {
    var flat = Tensor<Float>(zeros: [count], on: device)
    for slice in slices {
      let part = try tensor(slice).copied(to: device)
      precondition(
        part.shape == slice.shape, "\(slice.name) has shape \(part.shape), not \(slice.shape)")
      flat.write(part, at: slice.offset)
    }
    return flat
  }

  /// The slices of a flat buffer under their names with `prefix` before them. They share its elements.
  public func named(
    _ prefix: String, in flat: Tensor<Float>
  ) -> [(name: String, tensor: Tensor<Float>)] {
    precondition(flat.count == count, "the buffer has \(flat.count) elements, not \(count)")
    return slices.map {
      (prefix + $0.name, flat.flatSlice(from: $0.offset, shape: $0.shape))
    }
  }
}

extension FlatLayout: CustomStringConvertible, CustomReflectable {
  /// The number of parameters and the length of the buffer.
  public var description: String { "\(slices.count) parameters in a buffer of \(count) elements" }

  /// No children: the list of all parameters is long.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
