import CajalSupport
package import CajalTensor

/// Parameters that are trained together: one flat buffer, in ascending order of their offsets,
/// perhaps with padding after each.
///
/// Padding is 0 in parameters and gradients, and every update keeps it so.
public struct ParameterGroup: Sendable, Hashable {
  /// The group's name, such as `generator`.
  public let name: String
  /// The parameters, by ascending offset.
  public let parameters: [Parameter]
  /// The number of elements of the flat buffer, padding included.
  public let count: Int

  /// A group of parameters, in any order, which must neither overlap nor share a path.
  ///
  /// - Parameters:
  ///   - name: The name of the group.
  ///   - parameters: The parameters.
  ///   - count: The number of elements of the buffer; by default it ends with the last parameter.
  public init(_ name: String, _ parameters: [Parameter], count: Int? = nil) {
    let sorted = parameters.sorted {
      ($0.offset, $0.range.upperBound) < ($1.offset, $1.range.upperBound)
    }
    let end = sorted.last?.range.upperBound ?? 0
    self.name = name
    self.parameters = sorted
    self.count = count ?? end
    require(
      sorted.first?.offset ?? 0 >= 0 && end <= self.count,
      "\(end) elements of parameters do not fit into a buffer of \(self.count)")
    for (parameter, next) in zip(sorted, sorted.dropFirst()) {
      require(
        parameter.range.upperBound <= next.offset, "\(parameter.path) and \(next.path) overlap")
    }
    require(
      Set(parameters.map(\.path)).count == parameters.count, "two parameters have the same path")
  }

  /// The number of trainable numbers, without padding.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.shape.count } }
}

extension ParameterGroup {
  /// The elements of the parameters that `isIncluded` picks, with the padding after them; neighbors
  /// are merged.
  package func ranges(where isIncluded: (Parameter) -> Bool) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for (index, parameter) in parameters.enumerated() where isIncluded(parameter) {
      let end = index + 1 < parameters.count ? parameters[index + 1].offset : count
      if let last = ranges.last, last.upperBound == parameter.offset {
        ranges[ranges.count - 1] = last.lowerBound..<end
      } else if parameter.offset < end {
        ranges.append(parameter.offset..<end)
      }
    }
    return ranges
  }

  /// One flat buffer of all the parameters, each read by `tensor`, with 0 as padding.
  ///
  /// What `tensor` throws is passed on; a tensor of another shape than its parameter's is a
  /// programming error.
  package func assembled(
    on device: Device = .cpu, from tensor: (Parameter) throws -> Tensor<Float>
  ) rethrows -> Tensor<Float> {
    var flat = Tensor<Float>(zeros: [count], on: device)
    for parameter in parameters {
      let part = try tensor(parameter).copied(to: device)
      require(
        part.shape == parameter.shape,
        "\(parameter.path) has shape \(part.shape), not \(parameter.shape)")
      flat.write(part, at: parameter.offset)
    }
    return flat
  }

  /// The parameters in a flat buffer, under their paths with `prefix` before them. They share its
  /// elements.
  package func named(
    _ prefix: String, in flat: Tensor<Float>
  ) -> [(name: String, tensor: Tensor<Float>)] {
    require(flat.count == count, "the buffer has \(flat.count) elements, not \(count)")
    return parameters.map {
      (prefix + $0.path, flat.flatSlice(from: $0.offset, shape: $0.shape))
    }
  }
}

extension ParameterGroup: CustomStringConvertible, CustomReflectable {
  /// The name, the number of parameters and the length of the buffer.
  public var description: String {
    "\(name): \(parameters.count) parameters in a buffer of \(count) elements"
  }

  /// No children: the list of all parameters is long.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
