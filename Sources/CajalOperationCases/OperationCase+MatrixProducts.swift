import CajalAutodiff
import CajalTensor

extension OperationCase {
  /// Products with every combination of extents, alone, with bias and activation, and in batches.
  /// The backward passes multiply by either operand's transpose.
  static var matrixProducts: [OperationCase] {
    let extents = extents.dropFirst()
    let combinations = extents.flatMap { rows in
      extents.flatMap { inner in extents.map { (rows, inner, $0) } }
    }
    let single = (combinations + [(0, 3, 5), (65, 130, 67), (300, 257, 129)])
      .flatMap { rows, inner, columns in
        [
          dense(rows: rows, inner: inner, columns: columns, relu: false),
          dense(rows: rows, inner: inner, columns: columns, relu: true),
        ]
      }
    let batches = [[1], [3], [2, 3]].flatMap { lead in
      [(1, 1, 1), (2, 3, 5), (17, 5, 3), (5, 64, 17), (65, 33, 20)].map { sizes in
        batch(lead, rows: sizes.0, inner: sizes.1, columns: sizes.2)
      }
    }
    let repeated = [1, 3, 17].map { width in
      OperationCase(
        "kernel of \(width) used twice", [Input([2, 3, width]), Input([width, width])],
        terms: 12 * width, flops: 24 * width * width
      ) { $0[0].matmul($0[1]).matmul($0[1]) }
    }
    let gelus = [(1, 1, 1), (17, 5, 3), (0, 3, 5), (65, 130, 67), (300, 31, 129)].map {
      denseGelu(rows: $0, inner: $1, columns: $2)
    }
    return single + batches + repeated + gelus + transposedProducts
  }

  /// Products of operands stored as transposes, in batches and with one matrix for all.
  private static var transposedProducts: [OperationCase] {
    let leads: [(left: [Int], right: [Int])] = [([], []), ([3], [3]), ([2, 3], []), ([], [3])]
    let flags = [(false, false), (true, false), (false, true), (true, true)]
    return leads.flatMap { leads in
      flags.flatMap { transposes in
        [(1, 1, 1), (2, 3, 5), (17, 5, 33)].map { rows, inner, columns in
          let left = transposes.0 ? [inner, rows] : [rows, inner]
          let right = transposes.1 ? [columns, inner] : [inner, columns]
          let batch = (leads.left + leads.right).reduce(1, *)
          return OperationCase(
            """
            \(leads.left + left)\(transposes.0 ? "ᵀ" : "") · \
            \(leads.right + right)\(transposes.1 ? "ᵀ" : "")
            """,
            [Input(Shape(leads.left + left)), Input(Shape(leads.right + right))],
            terms: batch * max(rows, inner, columns), flops: 2 * batch * rows * inner * columns
          ) {
            $0[0].matmul($0[1], transposingSelf: transposes.0, transposingOther: transposes.1)
          }
        }
      }
    }
  }

  /// A dense layer with bias; `relu` applies it to columns that it leaves and columns that it
  /// clears.
  public static func dense(rows: Int, inner: Int, columns: Int, relu: Bool) -> OperationCase {
    let inputs = [Input([rows, inner]), Input([inner, columns]), Input([columns])]
    // Far enough from the corner that no product gets there.
    let offset = Float(inner) + 2
    let signs = (0..<columns).map { $0 % 2 == 0 ? offset : -offset }
    return OperationCase(
      "dense\(relu ? " relu" : "") [\(rows), \(inner)] · [\(inner), \(columns)]", inputs,
      terms: max(rows, inner, columns), flops: 2 * rows * inner * columns
    ) {
      guard relu else { return $0[0].dense($0[1], bias: $0[2]) }
      let tape = $0[2].tape
      let away = tape.constant(Tensor(signs, on: $0[2].value.device))
      return $0[0].dense($0[1], bias: $0[2] + away, activation: .relu)
    }
  }

  /// A dense layer with bias and GELU.
  public static func denseGelu(rows: Int, inner: Int, columns: Int) -> OperationCase {
    OperationCase(
      "dense gelu [\(rows), \(inner)] · [\(inner), \(columns)]",
      [Input([rows, inner]), Input([inner, columns]), Input([columns])],
      terms: max(rows, inner, columns), flops: 2 * rows * inner * columns
    ) { $0[0].denseGelu($0[1], bias: $0[2]) }
  }

  /// A batch of products.
  public static func batch(_ lead: [Int], rows: Int, inner: Int, columns: Int) -> OperationCase {
    OperationCase(
      "batch \(lead) of [\(rows), \(inner)] · [\(inner), \(columns)]",
      [Input(Shape(lead + [rows, inner])), Input(Shape(lead + [inner, columns]))],
      terms: max(rows, inner, columns),
      flops: 2 * lead.reduce(1, *) * rows * inner * columns
    ) { $0[0].matmul($0[1]) }
  }
}
