import CajalSupport

extension Tensor {
  /// The elements of `a` where `condition` is true, and of `b` elsewhere. The three shapes
  /// broadcast to one.
  public static func `where`(_ condition: Tensor<Bool>, _ a: Tensor, _ b: Tensor) -> Tensor {
    condition.requireSameDevice(a)
    condition.requireSameDevice(b)
    guard let both = a.shape.broadcast(with: b.shape),
      let shape = condition.shape.broadcast(with: both)
    else {
      requirementFailure(
        "shapes \(condition.shape), \(a.shape) and \(b.shape) do not broadcast")
    }
    if let a = a.asFloat, let b = b.asFloat { return Tensor(a.chosen(condition, b, shape)) }
    return a.chosen(condition, b, shape)
  }

  /// The elements of `a` where `condition` is true, and the number `b` elsewhere.
  public static func `where`(_ condition: Tensor<Bool>, _ a: Tensor, _ b: Scalar) -> Tensor {
    Self.where(condition, a, Tensor(b, on: a.device))
  }

  /// The number `a` where `condition` is true, and the elements of `b` elsewhere.
  public static func `where`(_ condition: Tensor<Bool>, _ a: Scalar, _ b: Tensor) -> Tensor {
    Self.where(condition, Tensor(a, on: b.device), b)
  }

  private func chosen(_ condition: Tensor<Bool>, _ other: Tensor, _ shape: Shape) -> Tensor {
    let condition = condition.broadcast(to: shape)
    let (own, other) = (broadcast(to: shape), other.broadcast(to: shape))
    let results = condition.withSpan { condition in
      own.withSpan { own in
        other.withSpan { other in
          var results: [Scalar] = []
          results.reserveCapacity(condition.count)
          for i in 0..<condition.count { results.append(condition[i] ? own[i] : other[i]) }
          return results
        }
      }
    }
    return Tensor(results, shape: shape, on: device)
  }
}

/// Logic element by element. Shapes broadcast as in arithmetic.
extension Tensor<Bool> {
  /// Where both are true.
  public static func .& (left: Tensor, right: Tensor) -> Tensor {
    left.combined(right) { $0 && $1 }
  }
  /// Where one or both are true.
  public static func .| (left: Tensor, right: Tensor) -> Tensor {
    left.combined(right) { $0 || $1 }
  }
  /// Where exactly one is true.
  public static func .^ (left: Tensor, right: Tensor) -> Tensor { left.combined(right, !=) }
  /// Where it is false.
  public static prefix func .! (x: Tensor) -> Tensor { x.mapped { !$0 } }

  /// Whether an element is true; false of none.
  public func any() -> Bool { flattened().any(axis: 0).scalar }

  /// Whether an element along `axis` is true. The axis is removed or, with `keepingAxis`, left with
  /// extent 1.
  public func any(axis: Int, keepingAxis: Bool = false) -> Tensor {
    mappedLines(axis: axis, extent: keepingAxis ? 1 : nil) { [$0.contains(true)] }
  }

  /// Whether an element along several axes is true. The axes are removed or, with `keepingAxes`,
  /// left with extent 1.
  public func any(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    reduced(over: axes, keepingAxes: keepingAxes) { $0.any(axis: $1) }
  }

  /// Whether every element is true; true of none.
  public func all() -> Bool { flattened().all(axis: 0).scalar }

  /// Whether every element along `axis` is true. The axis is removed or, with `keepingAxis`, left
  /// with extent 1.
  public func all(axis: Int, keepingAxis: Bool = false) -> Tensor {
    mappedLines(axis: axis, extent: keepingAxis ? 1 : nil) { [!$0.contains(false)] }
  }

  /// Whether every element along several axes is true. The axes are removed or, with `keepingAxes`,
  /// left with extent 1.
  public func all(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    reduced(over: axes, keepingAxes: keepingAxes) { $0.all(axis: $1) }
  }
}
