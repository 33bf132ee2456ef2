import CajalAutodiff
import CajalLayers
import CajalTensor

extension Network {
  /// The encoder's output `[batch, input positions, width]`.
  func encode(_ inputRows: Tensor<Int32>, _ pass: ForwardPass) -> Variable {
    let input = encoderInput(inputRows, pass)
    let begin = PendingSum(input, dropout: pass.dropoutKey(rate: inputDropout))
    let encoded = encoderLayers.reduce(begin) { x, layer in
      computed(x, pass) { [encoderPlan] x, _, pass in layer(x, plan: encoderPlan, pass) }
    }
    return encoderClosing(encoded, pass).result
  }

  /// A layer of the sum that the one before it leaves and perhaps of the encoder's output, whose
  /// inside the pass keeps or computes again.
  private func computed(
    _ x: PendingSum, memory: [Variable] = [], _ pass: ForwardPass,
    _ layer:
      @escaping @Sendable (
        _ x: PendingSum, _ memory: [Variable], _ pass: ForwardPass
      ) -> PendingSum
  ) -> PendingSum {
    switch layerActivations {
    case .keep: layer(x, memory, pass)
    case .recompute:
      PendingSum(
        pass.checkpoint([x.computed()] + memory) { inputs, pass in
          layer(PendingSum(inputs[0]), Array(inputs.dropFirst()), pass).computed()
        })
    }
  }

  /// The embedded input with its position signal, before dropout.
  func encoderInput(_ inputRows: Tensor<Int32>, _ pass: ForwardPass) -> Variable {
    pass.tape.sum([inputEmbedding.term(inputRows, pass)] + inputPositions.terms(pass))
  }

  /// The logits of every position given the codes before it: `[batch, positions, width]`.
  func logits(_ batch: Img2ImgBatch, _ pass: ForwardPass) -> Variable {
    let memory = encode(batch.inputRows, pass)
    return output(decode(decoderInput(batch, pass), memory: memory, pass), pass)
  }

  /// The decoder's input: the shifted embeddings with position, before dropout.
  func decoderInput(_ batch: Img2ImgBatch, _ pass: ForwardPass) -> Variable {
    if let pixelEmbedding, let pixels = batch.pixels {
      // Embedded once, then shifted.
      let embedded = pixelEmbedding(pixels, pass)
      let table: Shape = [embedded.value.count / embedded.shape[2], embedded.shape[2]]
      let rows = RowTerm.rows(of: embedded.reshaped(table), batch.neighborRows[0])
      return pass.tape.sum([rows] + targetPositions.terms(pass))
    }
    var terms = zip(targetEmbeddings, batch.neighborRows).map { $0.term($1, pass) }
    terms += targetPositions.terms(pass)
    if let alignedEmbedding, let rows = batch.alignedRows {
      terms.append(alignedEmbedding.term(rows, pass))
    }
    return pass.tape.sum(terms)
  }

  /// The decoder's output before the output layer.
  func decode(_ input: Variable, memory: Variable, _ pass: ForwardPass) -> Variable {
    var x = PendingSum(input, dropout: pass.dropoutKey(rate: inputDropout))
    for (layer, plan) in zip(decoderLayers, decoderPlans) {
      x = computed(x, memory: [memory], pass) { [crossPlan] x, memory, pass in
        layer(
          x, pass, attend: { layer.selfAttention($0, plan: plan, pass) },
          attendMemory: { x in
            layer.crossAttention(x, memory: memory.first, plan: crossPlan, pass)
          })
      }
    }
    return decoderClosing(x, pass).result
  }

  /// For each table of earlier sub-pixels its rows for codes in decoding order, picture after
  /// picture; -1 where there is none. The table of pixels has a row for each position.
  func neighborRows(of codes: [Int32]) -> [[Int32]] {
    neighbors.sources.map { sources in
      var rows = [Int32](repeating: -1, count: codes.count / valuesPerPosition)
      for start in stride(from: 0, to: rows.count, by: max(sources.count, 1)) {
        for (position, source) in sources.enumerated() where source >= 0 {
          rows[start + position] =
            isOfPixels
            ? Int32(start) + source
            : channelBase(at: Int(source)) + codes[start + Int(source)]
        }
      }
      return rows
    }
  }

  /// The first row of an embedding table for the channel of a position.
  func channelBase(at position: Int) -> Int32 {
    Int32(order.planePositions[position] % inputEmbedding.channels * ChannelEmbedding.levels)
  }
}
