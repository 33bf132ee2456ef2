import CajalAutodiff
import CajalLayers
import CajalTensor

/// The layers of an ``Img2ImgTransformer`` and the plans of their attentions.
///
/// The decoder's sequence is in decoding order throughout; see `SequenceOrder`.
struct Network: Sendable {
  let order: SequenceOrder
  let neighbors: NeighborEmbeddings
  let inputOrder: SequenceOrder
  let inputEmbedding: ChannelEmbedding
  /// The predecessor's embedding, then those of the other neighbors; empty with `likelihood=dmol`.
  let targetEmbeddings: [ChannelEmbedding]
  /// The embedding of the predecessor with `likelihood=dmol`.
  let pixelEmbedding: PixelEmbedding?
  let alignedEmbedding: ChannelEmbedding?
  let inputPositions: PositionSignal
  let targetPositions: PositionSignal
  let encoderLayers: [EncoderLayer]
  let encoderClosing: ProcessSequence
  let encoderPlan: AttentionPlan
  let decoderLayers: [DecoderLayer]
  let decoderClosing: ProcessSequence
  /// One per decoder layer.
  let decoderPlans: [AttentionPlan]
  let crossPlan: AttentionPlan
  let output: Dense
  let inputDropout: Float
  let layerActivations: Img2ImgHyperparameters.LayerActivations
  /// Values per position of the decoder.
  let valuesPerPosition: Int

  /// Whether a position of the decoder is a pixel with all of its channels.
  var isOfPixels: Bool { pixelEmbedding != nil }

  init(
    _ h: Img2ImgHyperparameters, inputRows: Int, inputColumns: Int, on device: Device,
    in builder: inout ParameterBuilder
  ) {
    let block = BlockShape(rows: h.queryShape[0], columns: h.queryShape[1])
    let patterns = h.decoderPatterns
    let order = (patterns.first ?? .global).order(rows: h.imgLen, columns: h.targetColumns)
    let inputOrder = SequenceOrder.raster(rows: inputRows, columns: inputColumns * h.numChannels)
    self.order = order
    self.inputOrder = inputOrder
    neighbors = NeighborEmbeddings(
      order: order, predecessors: h.predecessors(order, block: block), channels: h.numChannels,
      neighbors: h.neighborEmbeddings)
    let initializer = Initializer.uniformUnitScaling(gain: h.initializerGain)
    func embedding(_ name: String, _ builder: inout ParameterBuilder) -> ChannelEmbedding {
      ChannelEmbedding(
        name, channels: h.numChannels, width: h.hiddenSize, initializer: initializer, in: &builder)
    }
    let isOfPixels = h.likelihood == .logisticMixture
    valuesPerPosition = isOfPixels ? h.numChannels : 1
    (inputEmbedding, targetEmbeddings, alignedEmbedding, pixelEmbedding) = builder.scope(
      "identity_modality"
    ) { builder in
      let input = embedding("rgb_target_emb_input_bottom", &builder)
      if isOfPixels {
        let pixels = PixelEmbedding(
          "output_bottom/conv_input", channels: h.numChannels, width: h.hiddenSize,
          initializer: initializer, in: &builder)
        return (input, [], nil, pixels)
      }
      var targets = [embedding("targets_bottom/rgb_target_emb_input_bottom", &builder)]
      for number in 0..<h.neighborEmbeddings {
        targets.append(embedding("neighbor_\(number)_bottom", &builder))
      }
      let aligned = h.conditioning == .aligned ? embedding("aligned_bottom", &builder) : nil
      return (input, targets, aligned, nil)
    }
    let body = builder.scope("body") {
      Body(h, order: order, inputOrder: inputOrder, on: device, in: &$0)
    }
    (inputPositions, targetPositions) = (body.inputPositions, body.targetPositions)
    (encoderLayers, encoderClosing) = (body.encoderLayers, body.encoderClosing)
    (decoderLayers, decoderClosing) = (body.decoderLayers, body.decoderClosing)
    output = body.output
    encoderPlan = h.encoderPattern.plan(for: inputOrder)
    var plans: [AttentionPattern: AttentionPlan] = [:]
    for pattern in patterns where plans[pattern] == nil {
      plans[pattern] = pattern.plan(for: order)
    }
    decoderPlans = patterns.compactMap { plans[$0] }
    crossPlan = AttentionPattern.crossPlan(queries: order.count, keys: inputOrder.count)
    inputDropout = h.layerPrepostprocessDropout
    layerActivations = h.layerActivations
  }
}

/// The parameters under the scope `body`.
private struct Body {
  let inputPositions: PositionSignal
  let targetPositions: PositionSignal
  let encoderLayers: [EncoderLayer]
  let encoderClosing: ProcessSequence
  let decoderLayers: [DecoderLayer]
  let decoderClosing: ProcessSequence
  let output: Dense

  init(
    _ h: Img2ImgHyperparameters, order: SequenceOrder, inputOrder: SequenceOrder,
    on device: Device, in builder: inout ParameterBuilder
  ) {
    func positions(_ name: String, _ order: SequenceOrder, _ builder: inout ParameterBuilder)
      -> PositionSignal
    {
      switch h.pos {
      case .timing:
        PositionSignal(
          timing: h.hiddenSize, columns: order.columns, order: order.planePositions, on: device)
      case .embedding:
        PositionSignal(
          learned: name, width: h.hiddenSize, maximumLength: h.maxLength, columns: order.columns,
          order: order.planePositions, on: device, in: &builder)
      }
    }
    inputPositions = positions("enc_pos", inputOrder, &builder)
    encoderLayers = (0..<h.numEncoderLayers).map { number in
      builder.scope("encoder_layer_\(number)") { EncoderLayer(h, in: &$0) }
    }
    encoderClosing = ProcessSequence(before: h, number: 0, in: &builder)
    targetPositions = positions("dec_pos", order, &builder)
    decoderLayers = (0..<h.numDecoderLayers).map { number in
      builder.scope("decoder_layer_\(number)") { DecoderLayer(h, in: &$0) }
    }
    decoderClosing = ProcessSequence(before: h, number: 1, in: &builder)
    output = Dense(
      "output_conv", inputs: h.hiddenSize, outputs: h.outputWidth,
      hasBias: h.likelihood == .categorical,
      initializer: .uniformUnitScaling(gain: h.initializerGain), in: &builder)
  }
}

extension Img2ImgHyperparameters {
  /// The block-sparse attention mask of the encoder's self-attention.
  var encoderPattern: AttentionPattern {
    switch encAttentionType {
    case .global: .global
    case .local1D: .local1DNoncausal(blockLength: blockLength, blockWidth: blockWidth)
    case .local2D: .local2DNoncausal(block: block, flange: flange)
    }
  }

  /// The block-sparse attention mask of each decoder layer's self-attention.
  var decoderPatterns: [AttentionPattern] {
    (0..<max(numDecoderLayers, 1)).map { layer in
      switch decAttentionType {
      case .local2D: .local2D(block: block, flange: flange)
      case .local1D: .local1D(blockLength: blockLength)
      case .local1DNoncausal:
        .local1DNoncausal(blockLength: blockLength, blockWidth: blockWidth)
      case .localBlock: .localBlock(blockLength: blockLength)
      case .dilated:
        .dilated(
          blockLength: blockLength, blockWidth: blockWidth,
          gap: layer < gapSizes.count ? gapSizes[layer] : 0, memoryBlocks: numMemoryBlocks)
      case .global: .global
      case .globalCausal: .causal
      }
    }
  }

  private var block: BlockShape { BlockShape(rows: queryShape[0], columns: queryShape[1]) }
  private var flange: BlockShape { BlockShape(rows: memoryFlange[0], columns: memoryFlange[1]) }

  /// The position whose value is embedded at each decoder position, -1 for none.
  func predecessors(_ order: SequenceOrder, block: BlockShape) -> [Int32] {
    let shiftsBlocks = decAttentionType == .local2D || decAttentionType == .localBlock
    return shift == .block && shiftsBlocks
      ? NeighborEmbeddings.blockPredecessors(order, block: block)
      : NeighborEmbeddings.decodeOrderPredecessors(order)
  }
}
