import CajalAutodiff
import CajalTensor

extension OperationCase {
  /// Checkpointed segments and operations with a derivative of their own.
  static var segments: [OperationCase] {
    [1, 3, 17].flatMap { width -> [OperationCase] in
      let (terms, flops) = (8 * width, 20 * width * width)
      return [
        OperationCase(
          "checkpoint of width \(width)", [Input([2, 3, width]), Input([width, width])],
          terms: terms, flops: flops
        ) { inputs in
          let (x, kernel) = (inputs[0], inputs[1])
          let block = x.tape.checkpoint([x, kernel]) { _, inputs in
            inputs[0].matmul(inputs[1]).gelu() + inputs[0]
          }
          return block.matmul(kernel) + x
        },
        OperationCase(
          "checkpoint in a checkpoint of width \(width)",
          [Input([2, 3, width]), Input([width, width])], terms: terms, flops: flops
        ) { inputs in
          inputs[0].tape.checkpoint(inputs) { tape, inputs in
            let inner = tape.checkpoint(inputs) { _, inputs in
              inputs[0].matmul(inputs[1]).tanh()
            }
            return inner * inputs[0]
          }
        },
        OperationCase(
          "product with its own derivative, \(width)", [Input([3, width]), Input([3, width])],
          flops: 3 * width
        ) { inputs in
          let (a, b) = (inputs[0].value, inputs[1].value)
          return inputs[0].tape.record("product", a * b, from: inputs) { gradient in
            [gradient * b, gradient * a]
          }
        },
      ]
    }
  }
}
