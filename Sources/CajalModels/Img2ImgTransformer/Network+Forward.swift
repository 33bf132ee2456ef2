import CajalAutodiff
import CajalLayers
import CajalTensor

/// A batch of pictures as a network reads them.
struct NetworkBatch {
  /// Rows of the input embedding's table, `[batch, input positions]`.
  let inputRows: Tensor<Int32>
  /// Rows of the aligned embedding's table, `[batch, positions]`, where the network has one.
  let alignedRows: Tensor<Int32>?
  /// The class of each target sub-pixel in decoding order, `[batch, positions]`.
  let classes: Tensor<Int32>
}

extension Network {
  /// The encoder's output `[batch, input positions, width]`.
  func encode(_ inputRows: Tensor<Int32>, _ pass: ForwardPass) -> Variable {
    let input = encoderInput(inputRows, pass)
    let encoded = encoderLayers.reduce(pass.dropout(input, rate: inputDropout)) { x, layer in
      layer(x, plan: encoderPlan, pass)
    }
    return encoderClosing(encoded, pass)
  }

  /// The embedded input with its position signal, before dropout.
  func encoderInput(_ inputRows: Tensor<Int32>, _ pass: ForwardPass) -> Variable {
    inputPositions(inputEmbedding(inputRows, pass), pass)
  }

  /// The logits of every position given the classes before it: `[batch, positions, 256]`.
  func logits(_ batch: NetworkBatch, _ pass: ForwardPass) -> Variable {
    let memory = encode(batch.inputRows, pass)
    return output(decode(decoderInput(batch, pass), memory: memory, pass), pass)
  }

  /// What the decoder starts from: the shifted embeddings with position, before dropout.
  func decoderInput(_ batch: NetworkBatch, _ pass: ForwardPass) -> Variable {
    let embedded = zip(targetEmbeddings, neighbors.sources).map { embedding, sources in
      embedding(sourceRows(batch.classes, sources), pass)
    }
    let shown = embedded.dropFirst().reduce(embedded[0], +)
    let positioned = targetPositions(shown, pass)
    guard let alignedEmbedding, let rows = batch.alignedRows else { return positioned }
    return positioned + alignedEmbedding(rows, pass)
  }

  /// The decoder's output before the output layer.
  func decode(_ input: Variable, memory: Variable, _ pass: ForwardPass) -> Variable {
    var x = pass.dropout(input, rate: inputDropout)
    for (layer, plan) in zip(decoderLayers, decoderPlans) {
      x = layer(
        x, pass, attend: { layer.selfAttention($0, plan: plan, pass) },
        attendMemory: { layer.crossAttention($0, memory: memory, plan: crossPlan, pass) })
    }
    return decoderClosing(x, pass)
  }

  /// Rows of an embedding table for the classes at `sources`; -1 where there is none.
  private func sourceRows(_ classes: Tensor<Int32>, _ sources: [Int32]) -> Tensor<Int32> {
    let scalars = classes.scalars
    let count = sources.count
    var rows = [Int32](repeating: -1, count: scalars.count)
    for image in 0..<(scalars.count / max(count, 1)) {
      for (position, source) in sources.enumerated() where source >= 0 {
        rows[image * count + position] =
          channelBase(at: Int(source)) + scalars[image * count + Int(source)]
      }
    }
    return Tensor(rows, shape: classes.shape, on: classes.device)
  }

  /// The first row of an embedding table for the channel of a position.
  func channelBase(at position: Int) -> Int32 {
    Int32(order.planePositions[position] % inputEmbedding.channels * ChannelEmbedding.levels)
  }
}
