public import CajalImages
public import CajalTensor

extension AllenBrain {
  /// Where training crops are taken.
  public enum TrainingCrops: String, Sendable, Hashable, CaseIterable {
    /// Anywhere in a tile, also where it shows bare glass.
    case all
    /// Where the crop is tissue by ``AllenBrain/tissueRule``, as for evaluation crops: up to ten
    /// places are drawn until one is, and the last is taken if none is.
    case tissue
  }

  /// The number of places that are drawn for a crop.
  private static let placeLimit = 10

  /// A crop at a random place, as ``trainingCrops`` allows it, in a random orientation and with the
  /// random changes of ``cropJitter``.
  public func trainingCrop(of tile: Image, using random: inout RandomStream) -> Image {
    let size = cropJitter.size(of: cropShape, in: tile, using: &random)
    var crop = tile.randomCrop(width: size.width, height: size.height, using: &random)
    var places = 1
    while trainingCrops == .tissue, places < Self.placeLimit, !keepsTile(crop) {
      crop = tile.randomCrop(width: size.width, height: size.height, using: &random)
      places += 1
    }
    let resized = crop.resized(
      width: cropShape.width, height: cropShape.height, filter: .lanczos3)
    return cropJitter.changingValues(
      of: randomlyOriented(resized, using: &random), using: &random)
  }
}
