import CajalImages
import CajalSupport
import CajalTensor
import Foundation
import Testing

@testable import CajalModels

/// Pictures that are enlarged row by row are those that are enlarged at once.
@Suite struct UpsamplerTests {
  /// The bands of a picture.
  private func bands(
    _ model: some PictureModel, _ image: Image, _ options: UpsamplingOptions,
    after state: UpsamplingState? = nil
  ) throws -> [(band: UpsampledBand, state: UpsamplingState?)] {
    var source = ImageRows(image)
    var upsampler = try model.upsampler(
      width: image.width, height: image.height, options: options)
    if let state { upsampler.resume(from: state) }
    var bands: [(UpsampledBand, UpsamplingState?)] = []
    while let band = try upsampler.next(from: &source) { bands.append((band, upsampler.state)) }
    return bands
  }

  /// As little memory as there can be, and so the smallest blocks.
  private func options(_ decoding: Decoding, withEntropies: Bool = false) -> UpsamplingOptions {
    var options = UpsamplingOptions(decoding: decoding, withEntropies: withEntropies)
    options.memory = 1
    return options
  }

  private func check(
    _ model: RestorationModel, _ decoding: Decoding, width: Int, height: Int
  ) throws {
    let image = randomPictures(
      1, width: width, height: height, channels: 1, seed: UInt64(width))[0]
    var source = ImageRows(image)
    var rows = CollectedRows(width: model.ratio * width, channels: 1)
    try model.upsample(&source, to: &rows, options: options(decoding))
    let isEqual = try rows.image == model.upsample(image, decoding: decoding)
    #expect(isEqual, "\(decoding.name), \(width)×\(height)")
  }

  /// Sides from 1 to 70: all of them where tests are optimized, as continuous integration runs them.
  private static var sides: [Int] {
    #if DEBUG
      [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 50, 64, 70]
    #else
      Array(1...70)
    #endif
  }

  @Test func everySizeInOnePass() throws {
    let model = try smallRestoration(
      RestorationCase(ratio: 2, channels: 1, inputsAreBlockMeans: true))
    _ = try Threads.concurrentMap(Self.sides) { width in
      for height in Self.sides { try check(model, .onePass, width: width, height: height) }
    }
  }

  @Test func someSizesByWaves() throws {
    let model = try smallRestoration(
      RestorationCase(ratio: 2, channels: 1, inputsAreBlockMeans: true))
    for decoding in [Decoding.sample(temperature: 0.8, seed: 5), .mean] {
      for (width, height) in [(1, 1), (1, 70), (2, 3), (17, 18), (33, 20), (70, 1), (40, 35)] {
        try check(model, decoding, width: width, height: height)
      }
    }
  }

  @Test(arguments: [Decoding.onePass, .sample(temperature: 0.8, seed: 5), .mean])
  func continuesAfterEveryBand(decoding: Decoding) throws {
    let model = try smallRestoration(RestorationCase(ratio: 2))
    let image = randomPictures(1, width: 20, height: 60, channels: 3, seed: 2)[0]
    let options = options(decoding, withEntropies: true)
    let whole = try bands(model, image, options)
    #expect(whole.count == 4)
    for (index, (_, state)) in whole.enumerated() {
      let rest = try bands(model, image, options, after: state)
      #expect(rest.map(\.band) == whole.dropFirst(index + 1).map(\.band))
    }
  }

  @Test func aSourceThatEndsEarly() throws {
    let model = try smallRestoration(RestorationCase(ratio: 2))
    var source = ImageRows(Image(width: 3, height: 5, channels: 3))
    var upsampler = try model.upsampler(width: 3, height: 9)
    let error = #expect(throws: MissingRowsError.self) { try upsampler.next(from: &source) }
    #expect(error?.description == "the picture ends after 5 of 9 rows")
  }

  @Test(arguments: [Decoding.onePass, .sample()]) func stops(decoding: Decoding) throws {
    let model = try smallRestoration(RestorationCase(ratio: 2))
    var options = options(decoding)
    options.isStopped = { true }
    #expect(throws: PredictionError.stopped) {
      try bands(model, Image(width: 3, height: 5, channels: 3), options)
    }
  }
}

// MARK: - Entropies

extension UpsamplerTests {
  /// The entropy of each pixel by its definition: over the differences of cumulative probabilities
  /// of all values, each channel's given the picture's values of the channels before.
  private func entropies(
    _ model: RestorationModel, _ input: Image, known: Image
  ) throws -> [Double] {
    let (output, location) = try model.outputs([input], [known])
    let channels = model.channels
    let count = known.width * known.height
    let values = known.pixels.map { Int32($0) }
    var entropies = [Double](repeating: 0, count: count)
    var below = [Double](repeating: 0, count: count * channels)
    for value in 0..<256 {
      for channel in 0..<channels {
        var asked = values
        for pixel in 0..<count { asked[pixel * channels + channel] = Int32(value) }
        let upTo = model.network.distribution.cumulativeProbability(
          output, values: Tensor(asked, shape: [count, channels]), location: location
        ).scalars
        for pixel in 0..<count {
          let index = pixel * channels + channel
          let probability = upTo[index] - below[index]
          below[index] = upTo[index]
          if probability > 0 { entropies[pixel] -= probability * log(probability) }
        }
      }
    }
    return entropies
  }

  @Test(arguments: [1, 3]) func entropiesAreTheirDefinition(channels: Int) throws {
    let model = try smallRestoration(RestorationCase(ratio: 2, channels: channels)) {
      $0.adversarialWeight = 0.03
    }
    let input = randomPictures(1, width: 9, height: 7, channels: channels, seed: 4)[0]
    for decoding in [Decoding.onePass, .crisp(), .sample(seed: 3), .greedy] {
      let bands = try bands(model, input, options(decoding, withEntropies: true))
      let picture = try model.upsample(input, decoding: decoding)
      #expect(bands.flatMap(\.band.rows.pixels) == picture.pixels)
      let expected = try entropies(model, input, known: picture)
      let shown = bands.flatMap { $0.band.entropies ?? [] }
      #expect(shown.count == expected.count)
      let error = zip(shown, expected).map { abs(Double($0) - $1) }.max() ?? 0
      #expect(error < 1e-4, "\(decoding.name): \(error)")
    }
  }

  @Test func entropiesOfTiles() throws {
    let model = try smallModel()
    let input = Image(width: 2, height: 2, channels: 3, pixels: randomPixels([12], seed: 2).scalars)
    let bands = try bands(
      model, input, UpsamplingOptions(decoding: .greedy, withEntropies: true))
    let picture = try model.upsample(input, decoding: .greedy)
    let logits = model.logits(
      inputs: Tensor(input.pixels, shape: [1, 2, 2, 3]),
      targets: Tensor(picture.pixels, shape: [1, 4, 4, 3])
    ).scalars
    let bySubPixel = stride(from: 0, to: logits.count, by: 256).map { start -> Double in
      let powers: [Double] = logits[start..<(start + 256)].map { exp(Double($0)) }
      let sum: Double = powers.reduce(0, +)
      var entropy = 0.0
      for power in powers { entropy -= power / sum * log(power / sum) }
      return entropy
    }
    let expected = stride(from: 0, to: bySubPixel.count, by: 3).map { start -> Double in
      bySubPixel[start..<(start + 3)].reduce(0, +)
    }
    let shown = bands.flatMap { $0.band.entropies ?? [] }
    #expect(shown.count == expected.count)
    #expect(zip(shown, expected).allSatisfy { abs(Double($0) - $1) < 1e-3 })
  }

  @Test func whatHasNoEntropies() throws {
    let error = #expect(throws: PredictionError.self) {
      try smallModel().upsampler(
        width: 2, height: 2, options: UpsamplingOptions(decoding: .zeroTarget, withEntropies: true))
    }
    #expect(error?.description.contains("try --decoding sample") == true)
  }
}

// MARK: - Tiles

extension UpsamplerTests {
  @Test func tilesCoverAPicture() {
    #expect(TileGrid(extent: 8, tile: 8, overlap: 2).starts == [0])
    #expect(TileGrid(extent: 3, tile: 8, overlap: 2).starts == [0])
    let grid = TileGrid(extent: 19, tile: 8, overlap: 2)
    #expect(grid.starts == [0, 6, 11])
    #expect((0..<3).map(grid.end) == [8, 14, 19])
    #expect(TileGrid(extent: 14, tile: 8, overlap: 2).starts == [0, 6])
  }

  /// Tiles are those that are predicted one by one, weighted by the distance from their edges.
  @Test(arguments: [Decoding.greedy, .sample(temperature: 0.7, seed: 2), .mean])
  func tilesAreBlended(decoding: Decoding) throws {
    for change in variants.prefix(3) {
      let model = try smallModel(change)
      let (width, height) = (4, 3)
      let input = Image(
        width: width, height: height, channels: 3,
        pixels: randomPixels([height, width, 3], seed: 5).scalars)
      let picture = try model.upsample(input, decoding: decoding)
      var sums = [Double](repeating: 0, count: picture.pixels.count)
      var weights = sums
      let places = (0..<2).flatMap { y in (0..<3).map { (y: y, x: $0) } }
      let tiles = try model.predict(
        places.map { input.cropped(x: $0.x, y: $0.y, width: 2, height: 2) }, decoding: decoding,
        progress: nil)
      let ramp = [0.25, 0.75, 0.75, 0.25].map { $0 * $0 * (3 - 2 * $0) }
      for ((y, x), tile) in zip(places, tiles) {
        for index in 0..<48 {
          let (row, column) = (index / 12, index / 3 % 4)
          let place = ((2 * y + row) * 2 * width + 2 * x + column) * 3 + index % 3
          weights[place] += ramp[row] * ramp[column]
          sums[place] += ramp[row] * ramp[column] * Double(tile.pixels[index])
        }
      }
      let error = picture.pixels.indices.map {
        abs(Double(picture.pixels[$0]) - sums[$0] / weights[$0])
      }.max()
      #expect(try #require(error) < 0.51)
    }
  }

  @Test(arguments: [Decoding.greedy, .sample(temperature: 0.7, seed: 2)])
  func bandsOfTiles(decoding: Decoding) throws {
    let model = try smallModel()
    let input = Image(
      width: 3, height: 4, channels: 3, pixels: randomPixels([4, 3, 3], seed: 5).scalars)
    let options = options(decoding, withEntropies: true)
    let whole = try bands(model, input, options)
    #expect(whole.count == 3)
    let picture = try model.upsample(input, decoding: decoding)
    #expect(whole.flatMap(\.band.rows.pixels) == picture.pixels)
    for threads in [1, 3] {
      let limited = try Threads.limited(to: threads) {
        try model.upsample(input, decoding: decoding)
      }
      #expect(limited == picture)
    }
    for (index, (_, state)) in whole.enumerated() {
      let rest = try bands(model, input, options, after: state)
      #expect(rest.map(\.band) == whole.dropFirst(index + 1).map(\.band))
    }
  }

  @Test func picturesSmallerThanATile() throws {
    let model = try smallModel()
    for (width, height) in [(1, 1), (1, 5), (7, 1)] {
      let input = Image(width: width, height: height, channels: 3, filledWith: 90)
      let picture = try model.upsample(input, decoding: .greedy)
      #expect(picture.width == 2 * width && picture.height == 2 * height)
    }
    #expect(throws: PictureSizeError.self) {
      try model.upsample(Image(width: 3, height: 2, channels: 3), decoding: .zeroTarget)
    }
  }
}
