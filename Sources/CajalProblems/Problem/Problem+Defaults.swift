public import CajalImages
public import CajalTensor

extension Problem {
  /// The name with underscores for hyphens.
  public var storageName: String { name.replacing("-", with: "_") }

  /// None.
  public var options: [String: String] { [:] }

  /// All the options.
  public var dataOptions: [String: String] { options }

  /// Twice the longer side of a crop, so that random crops differ.
  public var tileSize: Int { 2 * max(cropShape.height, cropShape.width) }

  /// Edge to edge from the top left; the remainder at the right and at the bottom is unused.
  public func tilePositions(width: Int, height: Int) -> [PixelPosition] {
    gridPositions(stepX: tileSize, stepY: tileSize, width: width, height: height)
  }

  /// Keeps every tile.
  public func keepsTile(_ tile: Image) -> Bool { true }

  /// The size of the target.
  public var cropShape: PixelShape { targetShape }

  /// All eight flips and rotations.
  public var augmentation: Augmentation { .flipsAndRotations }

  /// A seeded choice of `fraction` of the sections, rounded, at least one and not all of several;
  /// none if `fraction` is 0.
  public func evaluationSections(
    among sections: [String], fraction: Double, seed: UInt64
  ) -> Set<String> {
    guard fraction > 0, !sections.isEmpty else { return [] }
    let share = Int((fraction * Double(sections.count)).rounded())
    let wanted = max(1, min(share, sections.count - 1))
    var random = RandomStream(RandomKey(seed: seed, stream: DataStream.split.rawValue))
    return Set(sections.sorted().shuffled(using: &random).prefix(wanted))
  }

  /// None.
  public func withContext(_ pixels: Int) -> Self? { nil }

  /// Not determined by the target.
  public func input(ofTarget target: Image) -> Image? { nil }

  /// The problem as it is.
  public func adapted(to data: DataSummary) throws -> Self { self }

  /// The problem at every step.
  public func atStep(_ step: Int) -> Self { self }

  /// Pictures as they are.
  public var normalization: PixelNormalization? { nil }

  /// False.
  public var inputsAreBlockMeans: Bool { false }

  /// The picture in the channels of the input.
  public func preparedInput(_ image: Image) throws -> Image {
    image.converted(toChannels: inputShape.channels)
  }

  /// A crop at a random place, in a random orientation.
  public func trainingCrop(of tile: Image, using random: inout RandomStream) -> Image {
    let crop = tile.randomCrop(
      width: cropShape.width, height: cropShape.height, using: &random)
    return randomlyOriented(crop, using: &random)
  }

  /// The grid of crops from the top left, without those that are dropped.
  public func evaluationCropPositions(in tile: Image) -> [PixelPosition] {
    gridPositions(
      stepX: cropShape.width, stepY: cropShape.height, width: tile.width, height: tile.height
    ).filter { position in
      keepsTile(
        tile.cropped(
          x: position.x, y: position.y, width: cropShape.width, height: cropShape.height))
    }
  }
}

extension Problem {
  /// A crop in a random orientation that ``augmentation`` allows.
  func randomlyOriented(_ crop: Image, using random: inout RandomStream) -> Image {
    guard augmentation == .flipsAndRotations else { return crop }
    let keepsShape = DihedralTransform.allCases.filter {
      cropShape.width == cropShape.height || !$0.swapsSides
    }
    let choice = Int.random(in: 0..<keepsShape.count, using: &random)
    return crop.transformed(by: keepsShape[choice])
  }

  /// Throws unless the ``normalization`` is for the channels of inputs and targets.
  package func checkNormalization() throws(ProblemError) {
    guard let channels = normalization?.channels else { return }
    for shape in [inputShape, targetShape] where shape.channels != channels {
      throw .unfitNormalization(problem: name, channels: channels, expected: shape.channels)
    }
  }
}

/// The top left corners of the whole cells of a grid, row by row.
func gridPositions(stepX: Int, stepY: Int, width: Int, height: Int) -> [PixelPosition] {
  (0..<(height / stepY)).flatMap { row in
    (0..<(width / stepX)).map { PixelPosition(x: $0 * stepX, y: row * stepY) }
  }
}

extension Image {
  /// A part at a random place.
  func randomCrop(width: Int, height: Int, using random: inout RandomStream) -> Image {
    let x = Int.random(in: 0...(self.width - width), using: &random)
    let y = Int.random(in: 0...(self.height - height), using: &random)
    return cropped(x: x, y: y, width: width, height: height)
  }
}
