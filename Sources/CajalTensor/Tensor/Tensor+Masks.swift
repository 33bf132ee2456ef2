import CajalSupport

/// Elements where a mask is true: `x[x .> 3]`, `x[x .< 0] = Tensor(0)`, `x[mask] *= 2`.
///
/// The mask has the extents of the first axes; it selects elements when it has all of them, and
/// else slices. The host reads it, and waits for the device.
extension Tensor {
  /// The slices where `mask` is true, in row-major order, along one axis that replaces those of the
  /// mask. What is assigned is stretched to their shape. NumPy's boolean indexing.
  public subscript(_ mask: Tensor<Bool>) -> Tensor {
    get { slices(under: mask).gather(mask.trueIndices) }
    set {
      let slices = slices(under: mask)
      let chosen = mask.trueIndices
      requireSameDevice(newValue)
      let part = slices.shape.replacing(axis: 0, with: chosen.count)
      require(
        part.broadcast(with: newValue.shape) == part,
        "\(newValue.shape) does not stretch to the part \(part)")
      // Each slice is an old one, or one of those appended.
      var sources = (0..<Int32(slices.shape[0])).map { $0 }
      for (number, slice) in chosen.scalars.enumerated() {
        sources[Int(slice)] = Int32(slices.shape[0] + number)
      }
      self = Self.concatenate([slices, newValue.broadcast(to: part)], axis: 0)
        .gather(Tensor<Int32>(sources, on: device)).reshaped(shape)
    }
  }

  /// The elements with one axis in place of those of `mask`.
  private func slices(under mask: Tensor<Bool>) -> Tensor {
    requireSameDevice(mask)
    return reshaped(shape.sliced(by: mask.shape))
  }
}

extension Tensor<Bool> {
  /// The indices, in row-major order, of the elements that are true.
  package var trueIndices: Tensor<Int32> {
    let isTrue = scalars
    return Tensor<Int32>(isTrue.indices.filter { isTrue[$0] }.map(Int32.init), on: device)
  }
}

extension Shape {
  /// The shape with one axis in place of those of a mask, which has the extents of the first axes.
  package func sliced(by mask: Shape) -> Shape {
    require(
      mask.rank <= rank && dimensions.prefix(mask.rank).elementsEqual(mask.dimensions),
      "a mask of \(mask) does not have the first extents of \(self)")
    return Shape([mask.count] + dimensions.dropFirst(mask.rank))
  }
}
