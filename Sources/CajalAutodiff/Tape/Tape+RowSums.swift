public import CajalTensor

/// A term of ``Tape/sum(_:)``.
public struct RowTerm {
  fileprivate let variable: Variable
  fileprivate let indices: Tensor<Int32>?
  fileprivate let scale: Float

  /// ``Variable/gatherRows(_:scale:)`` of a table `[rows, width]`: zeros for a negative index.
  public static func rows(
    of table: Variable, _ indices: Tensor<Int32>, scale: Float = 1
  ) -> RowTerm {
    RowTerm(variable: table, indices: indices, scale: scale)
  }

  /// The elements of a variable, which may lack outer axes of the sum: then they are repeated along
  /// those.
  public static func elements(of x: Variable) -> RowTerm {
    RowTerm(variable: x, indices: nil, scale: 1)
  }
}

extension Tape {
  /// The sum of terms on this tape, of which there is one at least, in their order and in one pass.
  ///
  /// Traps when an index is beyond its table.
  public func sum(_ terms: [RowTerm]) -> Variable {
    let result = Tensor(sumOfRows: terms.map { ($0.variable.value, $0.indices, $0.scale) })
    let operands = terms.map { ($0.variable.operand, $0.indices, $0.scale) }
    return record(result, from: terms.map(\.variable)) { tape, gradient in
      for (operand, indices, scale) in operands.reversed() {
        if let indices {
          tape.accumulateRows(gradient, at: indices, scale: scale, to: operand)
        } else {
          tape.accumulate(gradient, toStretched: operand)
        }
      }
    }
  }

  /// Adds `scale` times rows to the rows of what has reached a table so far.
  func accumulateRows(
    _ rows: Tensor<Float>, at indices: Tensor<Int32>, scale: Float, to table: Operand
  ) {
    withGradient(of: table) { values, place in
      if !place.accumulates { values.fill(with: 0) }
      values.addRows(rows, at: indices, scale: scale, of: table.shape, from: place.offset)
    }
  }
}
