import CajalImages
import CajalModels
import CajalTensor
import Testing

@Suite struct DecodingTests {
  /// What is decoded with cached keys and values is what the whole model, run again for each
  /// sub-pixel with zeros for what is not decoded yet, would have chosen.
  @Test(arguments: variants.indices) func cachedEqualsFromScratch(variant: Int) throws {
    let model = try smallModel(variants[variant])
    let inputs = randomPixels([2, 2, 2, model.channels], seed: 5)
    let decoded = try model.decode(inputs, decoding: .greedy)
    let count = model.decodeOrder.count
    var values = [UInt8](repeating: 0, count: 2 * count)
    for plane in model.decodeOrder {
      let shape: Shape = [2, model.targetLength, model.targetLength, model.channels]
      let logits = model.logits(inputs: inputs, targets: Tensor(values, shape: shape)).scalars
      for image in 0..<2 {
        let row = logits[((image * count + plane) * 256)..<((image * count + plane + 1) * 256)]
        var best = row.startIndex
        for index in row.indices where row[index] > row[best] { best = index }
        values[image * count + plane] = UInt8(best - row.startIndex)
      }
    }
    #expect(decoded.scalars == values)
  }

  /// A change of a sub-pixel changes no prediction at or before its place in the decoding order.
  @Test(arguments: variants.indices) func predictionsDependOnThePast(variant: Int) throws {
    let model = try smallModel(variants[variant])
    let shape: Shape = [1, model.targetLength, model.targetLength, model.channels]
    let inputs = randomPixels([1, 2, 2, model.channels], seed: 6)
    let targets = randomPixels(shape, seed: 7)
    let before = model.logits(inputs: inputs, targets: targets).scalars
    var influenced = 0
    for (position, plane) in model.decodeOrder.enumerated() {
      var changed = targets.scalars
      changed[plane] ^= 0x55
      let after = model.logits(inputs: inputs, targets: Tensor(changed, shape: shape)).scalars
      for (other, otherPlane) in model.decodeOrder.enumerated() {
        let range = (otherPlane * 256)..<((otherPlane + 1) * 256)
        let isEqual = before[range] == after[range]
        if other <= position {
          #expect(isEqual, "sub-pixel \(position) influences \(other)")
        } else if !isEqual {
          influenced += 1
        }
      }
    }
    #expect(influenced > 0)
  }

  @Test(arguments: [
    Decoding.greedy, .mean, .sample(temperature: 0.7, seed: 4), .sample(seed: 5), .zeroTarget,
  ])
  func groupingDoesNotMatter(decoding: Decoding) throws {
    let model = try smallModel(variants[2])
    let inputs = randomPixels([6, 2, 2, 3], seed: 8)
    let together = try model.decode(inputs, decoding: decoding)
    #expect(together == (try model.decode(inputs, decoding: decoding)))
    guard case .sample = decoding else {
      for image in 0..<6 {
        let alone = try model.decode(inputs.sliced(image..<(image + 1)), decoding: decoding)
        #expect(alone.scalars == together.sliced(image..<(image + 1)).scalars)
      }
      return
    }
  }

  @Test func whatSeesTheFutureIsNotDecoded() throws {
    let model = try smallModel { $0.decAttentionType = .global }
    let error = #expect(throws: HyperparameterError.self) {
      try model.decode(randomPixels([1, 2, 2, 3], seed: 1))
    }
    #expect(error?.name == "dec_attention_type")
  }

  @Test func wrongSizeIsAnError() throws {
    let model = try smallModel()
    let error = #expect(throws: PictureSizeError.self) {
      try model.predict([Image(width: 5, height: 5, channels: 3, filledWith: 9)])
    }
    #expect(error?.description == "the picture is 5×5 pixels, but the model takes 2×2")
    let gray = Image(width: 2, height: 2, channels: 1, filledWith: 9)
    #expect(try model.upsample(gray).width == 4)
  }

  @Test func aDecodingThatTheModelDoesNotHave() throws {
    let model = try smallModel()
    let inputs = randomPixels([1, 2, 2, 3], seed: 1)
    let error = #expect(throws: PredictionError.self) {
      try model.decode(inputs, decoding: .onePass)
    }
    #expect(
      "\(error.map { "\($0)" } ?? "")" == """
        the decoding one-pass is not one of img2img-transformer, which has mean, greedy, sample, \
        zero-target
        """)
    for decoding in model.decodings { try model.checkDecoding(decoding) }
    try model.checkDecoding(.sample(temperature: 0.5, seed: 3))
  }
}
