import CajalSupport

extension Tensor {
  /// The matrix of the given rows, which are equally long. Literals need no call:
  /// `let x: Tensor<Float> = [[1, 2], [3, 4]]`.
  public init(rows: [[Scalar]], on device: Device = .cpu) {
    let columns = rows.first?.count ?? 0
    for (index, row) in rows.enumerated() {
      require(
        row.count == columns,
        "row \(index) has \(row.count) elements, and the first has \(columns)")
    }
    self.init(rows.flatMap { $0 }, shape: [rows.count, columns], on: device)
  }

  /// A tensor with every element `value`.
  public static func full(_ value: Scalar, shape: Shape, on device: Device = .cpu) -> Tensor {
    Tensor(repeating: value, shape: shape, on: device)
  }

  /// A tensor of zeros; of false for Bool.
  public static func zeros(_ shape: Shape, on device: Device = .cpu) -> Tensor {
    Tensor(repeating: Scalar(converting: 0.0), shape: shape, on: device)
  }

  /// A tensor of ones; of true for Bool.
  public static func ones(_ shape: Shape, on device: Device = .cpu) -> Tensor {
    Tensor(repeating: Scalar(converting: 1.0), shape: shape, on: device)
  }
}

extension Tensor where Scalar: TensorNumeric {
  /// The numbers 0, 1, 2 and so on below `end`: a vector.
  public static func arange(_ end: Scalar, on device: Device = .cpu) -> Tensor {
    arange(from: 0, to: end, on: device)
  }

  /// The numbers `start`, `start + step`, `start + 2 · step` and so on before `end`: a vector of
  /// ⌈(end - start) / step⌉ elements, or none. With a fraction for a step, rounding decides whether
  /// a number next to `end` is in; ``linspace(from:to:count:on:)`` has a given count.
  public static func arange(
    from start: Scalar, to end: Scalar, by step: Scalar = 1, on device: Device = .cpu
  ) -> Tensor {
    require(step != 0, "the step of arange is not 0")
    if Scalar.scalarType.isInteger {
      let numbers = Swift.stride(from: start.asInt64, to: end.asInt64, by: Int(step.asInt64))
      return Tensor(numbers.map { Scalar(converting: $0) }, on: device)
    }
    let (first, width) = (start.asDouble, step.asDouble)
    let count = ((end.asDouble - first) / width).rounded(.up)
    require(count < 0x1p31, "arange from \(start) to \(end) by \(step) does not end")
    let indices = 0..<Swift.max(Int(count), 0)
    return Tensor(indices.map { Scalar(converting: first + Double($0) * width) }, on: device)
  }

  /// The identity matrix `[rows, columns]`: ones where row and column are equal, zeros elsewhere.
  /// It is square unless `columns` is given.
  public static func eye(
    _ rows: Int, columns: Int? = nil, on device: Device = .cpu
  ) -> Tensor {
    let columns = columns ?? rows
    var elements = [Scalar](repeating: 0, count: rows * columns)
    for i in 0..<Swift.min(rows, columns) { elements[i * columns + i] = 1 }
    return Tensor(elements, shape: [rows, columns], on: device)
  }
}

extension Tensor where Scalar: TensorFloatingPoint {
  /// `count` numbers at equal distances from `start` to `end`, both included: a vector. A single
  /// number is `start`.
  public static func linspace(
    from start: Scalar, to end: Scalar, count: Int, on device: Device = .cpu
  ) -> Tensor {
    require(count >= 0, "linspace has no count of \(count)")
    let (first, last) = (start.asDouble, end.asDouble)
    let step = count > 1 ? (last - first) / Double(count - 1) : 0
    let numbers = (0..<count).map { index in
      index > 0 && index == count - 1 ? end : Scalar(converting: first + Double(index) * step)
    }
    return Tensor(numbers, on: device)
  }
}
