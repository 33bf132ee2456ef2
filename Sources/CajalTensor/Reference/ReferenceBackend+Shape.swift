extension ReferenceBackend {
  /// Reduces the middle axis of `[outer, length, inner]`; a NaN makes the result NaN.
  package func reduce(
    _ operation: ReduceOperation, _ x: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>,
    outer: Int, length: Int, inner: Int
  ) {
    for o in 0..<outer {
      for i in 0..<inner {
        let first = unsafe x + o * length * inner + i
        var value = operation == .maximum ? -Double.infinity : 0
        for k in 0..<length {
          let element = unsafe Double(first[k * inner])
          value =
            operation == .maximum ? BinaryOperation.maximum(value, element) : value + element
        }
        unsafe result[o * inner + i] = Float(operation == .mean ? value / Double(length) : value)
      }
    }
  }

  /// Writes the elements that `strides` picks from `x` to a contiguous `shape`.
  package func stridedCopy(
    _ x: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>, shape: [Int], strides: [Int]
  ) {
    forEachElement(shape, strides, strides) { index, source, _ in
      unsafe result[index] = unsafe x[source]
    }
  }
}
