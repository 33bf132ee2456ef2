import CajalImages
import CajalTensor

/// An evaluation example, made on demand and deterministic.
public struct EvaluationExample: Sendable {
  /// The stored tile that it is cut from.
  let tile: StoredTile
  /// The place in the tile of what is compared.
  let positionInTile: PixelPosition
  /// The columns and rows of context before it.
  private let left: Int, top: Int
  /// The problem with that context.
  let problem: any Problem
  /// Its number in the order of tiles, which seeds the problem's own random choices.
  let number: Int

  init(
    tile: StoredTile, position: PixelPosition, left: Int, top: Int, problem: any Problem,
    number: Int
  ) {
    (self.tile, self.problem, self.number) = (tile, problem, number)
    (positionInTile, self.left, self.top) = (position, left, top)
  }

  /// Its section.
  public var section: String { tile.section }
  /// Its picture.
  public var picture: String { tile.picture }
  /// The place of its top left corner, without context, in the picture.
  public var position: PixelPosition {
    PixelPosition(x: tile.position.x + positionInTile.x, y: tile.position.y + positionInTile.y)
  }

  /// Makes the example, with its context.
  ///
  /// - Throws: an error that names the record when it is no picture, or what the problem throws.
  public func example() throws -> Example {
    let shape = problem.cropShape
    let image = try tile.image(for: problem)
    let crop = image.cropped(
      x: positionInTile.x - left, y: positionInTile.y - top, width: shape.width,
      height: shape.height)
    var random = RandomStream(
      RandomKey(seed: 0, stream: DataStream.evaluationExample.rawValue, step: UInt64(number)))
    return try problem.checkedExample(from: crop, using: &random)
  }
}

extension StoredTile {
  /// The pixels, large enough for the problem's crops and in their channels.
  func image(for problem: any Problem) throws -> Image {
    let image = try image()
    let crop = problem.cropShape
    guard image.width >= crop.width, image.height >= crop.height else {
      throw ProblemError.unfitTiles(
        directory: name,
        reason: "it has \(image.shape) pixels and channels and \(problem.name) crops \(crop)")
    }
    return image.converted(toChannels: crop.channels)
  }
}

extension Problem {
  /// The example made from a crop, with its shapes checked.
  func checkedExample(from crop: Image, using random: inout RandomStream) throws -> Example {
    let example = try example(from: crop, using: &random)
    for (what, image, shape) in [
      ("input", example.input, inputShape), ("target", example.target, targetShape),
    ] where image.shape != shape {
      throw ProblemError.unfitExample(
        problem: name, reason: "the \(what) has \(image.shape) values, and it says \(shape)")
    }
    return example
  }
}
