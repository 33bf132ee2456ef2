import CajalAutodiff
import CajalImages
import CajalLayers
import CajalSupport
import CajalTensor
import Synchronization
import Testing

@testable import CajalModels

/// What a restoration model decodes is what decoding pixel after pixel gives, whatever is decoded
/// beside it.
@Suite struct RestorationDecodingTests {
  private static let trunks = RestorationHyperparameters.Trunk.allCases
  private static let decodings: [Decoding] = [
    .sample(temperature: 0.8, seed: 5), .greedy, .mean,
  ]

  /// Sizes of inputs whose pictures take a moment.
  private func sizes(_ ratio: Int) -> [(width: Int, height: Int)] {
    switch ratio {
    case 2: [(5, 3), (1, 4)]
    case 4: [(3, 2), (1, 2)]
    default: [(2, 1), (1, 2)]
    }
  }

  private func decoder(
    _ model: RestorationModel, _ inputs: [Image], _ decoding: Decoding
  ) throws -> WavefrontDecoder<Float> {
    let prepared = PreparedInputs(inputs, model.configuration)
    let pass = ForwardPass(tape: Tape(), parameters: model.parameters)
    let (picture, features) = model.network.trunk(
      inputs: prepared.inputs, enlarged: prepared.enlarged, pass)
    let shape = picture.value.shape
    var decoder = WavefrontDecoder<Float>(
      model.network, model.parameters, rows: 0..<shape[1], columns: shape[2], above: nil,
      decoding: decoding, pictures: 0..<inputs.count)
    try decoder.append(
      WavefrontDecoder.Block(
        inputs: prepared.inputs, predicted: picture.value,
        features: model.network.pixelFeatures(features, pass).value))
    return decoder
  }

  /// A decoder of pixels of which nothing is known yet.
  private func waves(rows: Int, columns: Int, ratio: Int) throws -> [[(row: Int, column: Int)]] {
    let model = try smallRestoration(RestorationCase(ratio: ratio))
    let decoder = WavefrontDecoder<Float>(
      model.network, model.parameters, rows: 0..<rows, columns: columns, above: nil,
      decoding: .mean, pictures: 0..<1)
    return (0..<decoder.waveCount).map(decoder.wave)
  }

  @Test func wavesHaveEveryPixelOnce() throws {
    #expect(try waves(rows: 32, columns: 32, ratio: 4).count == 156)
    for (rows, columns, ratio) in [(1, 1, 4), (8, 3, 2), (3, 16, 8), (5, 5, 4)] {
      let pixels = try waves(rows: rows, columns: columns, ratio: ratio).flatMap { $0 }
        .map { $0.row * columns + $0.column }
      #expect(pixels.sorted() == (0..<(rows * columns)).map { $0 })
    }
  }

  @Test(arguments: RestorationCase.all) func wavesGiveThePixelsOfRasterOrder(
    kind: RestorationCase
  ) throws {
    let model = try smallRestoration(kind)
    for (width, height) in sizes(kind.ratio) {
      let inputs = randomPictures(
        2, width: width, height: height, channels: kind.channels, seed: 4)
      let count = width * height * kind.ratio * kind.ratio
      for decoding in Self.decodings {
        var (atOnce, raster) = try (
          decoder(model, inputs, decoding), decoder(model, inputs, decoding)
        )
        var decoded = 0
        try atOnce.decode { decoded += $0 }
        for pixel in 0..<count {
          let (row, column) = pixel.quotientAndRemainder(dividingBy: width * kind.ratio)
          try raster.decode([(row, column)])
        }
        #expect(decoded == 2 * count)
        #expect(
          atOnce.finished.values == raster.finished.values, "\(decoding.name), \(width)×\(height)")
      }
    }
  }

  /// The most probable values of one pass over the decoded picture are that picture: pixels were
  /// chosen knowing what the pass knows, and depend on no later ones.
  @Test(arguments: RestorationCase.all) func decodingAgreesWithOnePassOverItsResult(
    kind: RestorationCase
  ) throws {
    let model = try smallRestoration(kind)
    let inputs = randomPictures(
      2, width: kind.ratio == 8 ? 1 : 2, height: 2, channels: kind.channels, seed: 6)
    let decoded = try model.predict(inputs, decoding: .greedy, progress: nil)
    let (output, location) = try model.outputs(inputs, decoded)
    let modes = model.network.distribution.mode(output, location: location).scalars
    #expect(modes == decoded.flatMap(\.pixels).map { Int32($0) })
  }

  @Test(arguments: decodings + [.onePass]) func batchAndThreadsDoNotMatter(
    decoding: Decoding
  ) throws {
    let model = try smallRestoration(RestorationCase(ratio: 2))
    let inputs = randomPictures(3, width: 5, height: 3, channels: 3, seed: 9)
    let together = try model.predict(inputs, decoding: decoding, progress: nil)
    #expect(together[0] != together[1])
    for threads in [1, 2, 3] {
      let limited = try Threads.limited(to: threads) {
        try model.predict(inputs, decoding: decoding, progress: nil)
      }
      #expect(limited == together)
    }
    let first = try model.predict([inputs[0]], decoding: decoding, progress: nil)
    #expect(first == [together[0]])
    // Samples depend on a picture's number.
    if case .sample = decoding { return }
    for index in 1..<3 {
      #expect(
        try model.predict([inputs[index]], decoding: decoding, progress: nil) == [together[index]])
    }
  }

  /// The ensemble turns with its input, exactly, and is the rounded mean of the eight.
  @Test func theSelfEnsembleHasNoOrientation() throws {
    let model = try smallRestoration()
    let inputs = randomPictures(2, width: 5, height: 3, channels: 3, seed: 6)
    let upright = try model.predict(inputs, decoding: .selfEnsemble, progress: nil)
    let members = try DihedralTransform.allCases.map { transform in
      let turned = inputs.map { $0.transformed(by: transform) }
      #expect(
        try model.predict(turned, decoding: .selfEnsemble, progress: nil)
          == upright.map { $0.transformed(by: transform) })
      return try model.predict(turned).map { $0.transformed(by: transform.inverse) }
    }
    #expect(Set(members.map { $0[0] }).count > 1)
    for (index, picture) in upright.enumerated() {
      for place in picture.pixels.indices {
        let mean = members.reduce(0) { $0 + Double($1[index].pixels[place]) } / 8
        #expect(Double(picture.pixels[place]) == mean.rounded(.toNearestOrEven))
      }
    }
  }

  @Test(arguments: trunks) func picturesOfAnySize(
    trunk: RestorationHyperparameters.Trunk
  ) throws {
    let model = try smallRestoration(RestorationCase(ratio: 2), trunk: trunk)
    for (width, height) in [(1, 1), (9, 7), (2, 5), (1, 11)] {
      let input = randomPictures(1, width: width, height: height, channels: 3, seed: 2)[0]
      for decoding in model.decodings {
        let picture = try model.upsample(input, decoding: decoding)
        #expect(picture.width == 2 * width && picture.height == 2 * height)
      }
    }
    let gray = try model.upsample(Image(width: 3, height: 2, channels: 1, filledWith: 90))
    #expect(gray.channels == 3 && gray.width == 6)
  }

  @Test(arguments: trunks) func untrainedModelsEnlargeBicubically(
    trunk: RestorationHyperparameters.Trunk
  ) throws {
    for kind in RestorationCase.all {
      let model = try smallRestoration(kind, trunk: trunk, noise: 0)
      let inputs = randomPictures(2, width: 7, height: 5, channels: kind.channels, seed: 3)
      #expect(model.defaultDecoding == .onePass)
      #expect(
        try model.predict(inputs)
          == inputs.map {
            $0.resized(
              width: 7 * kind.ratio, height: 5 * kind.ratio, filter: .bicubicRepeatingEdges)
          })
    }
  }

  @Test func progressEndsAtOne() throws {
    let model = try smallRestoration()
    let inputs = randomPictures(2, width: 2, height: 1, channels: 3, seed: 3)
    for decoding in model.decodings {
      let last = Mutex(0.0)
      _ = try model.predict(inputs, decoding: decoding) { share in
        last.withLock { $0 = max($0, share) }
      }
      #expect(last.withLock { $0 } == 1)
    }
  }

  @Test func whatDoesNotFitIsAnError() throws {
    let model = try smallRestoration()
    let gray = Image(width: 2, height: 2, channels: 1)
    let error = #expect(throws: PictureSizeError.self) { try model.predict([gray]) }
    #expect(error?.description == "a picture has 1 channels, but the model takes 3")
    let color = Image(width: 2, height: 3, channels: 3)
    let size = #expect(throws: PictureSizeError.self) { try model.batchMaker([color], [color]) }
    #expect(size?.description == "a target is 2×3 pixels, but the model makes 8×12 of 2×3")
    #expect(throws: PredictionError.self) {
      try model.predict([color], decoding: .zeroTarget, progress: nil)
    }
    #expect(try model.predict([]).isEmpty)
  }

  /// Weights can be finite where outputs are not: samples of those would be black.
  @Test func outputsThatAreNotFiniteAreAnError() throws {
    var model = try smallRestoration()
    let head = try #require(model.layout.index(ofGroup: "head"))
    model.parameters.buffers[head].fill(with: 3e38)
    let input = randomPictures(1, width: 1, height: 1, channels: 3, seed: 1)
    for decoding in Self.decodings {
      #expect(throws: PredictionError.nonFiniteLogits) {
        try model.predict(input, decoding: decoding, progress: nil)
      }
    }
  }
}
