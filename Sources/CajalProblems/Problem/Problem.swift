public import CajalImages
public import CajalTensor

/// A learning problem: how examples are made from pictures, and how pictures become training and
/// evaluation data.
///
/// Data are made in two steps. ``generateData(from:to:options:progress:)`` cuts the sections into
/// square *tiles*, keeps those accepted by ``keepsTile(_:)``, splits them by section and stores
/// them. Later, each stored tile gives *crops* (one at a random place in training, a fixed grid in
/// evaluation), and ``example(from:using:)`` makes the pair of pictures from a crop.
///
/// Everything but the name, the two shapes and the making of an example has a default, so that a
/// custom problem takes a few lines:
///
/// ```swift
/// struct Brighten: Problem {
///   let name = "brighten"
///   let inputShape = PixelShape(square: 16)
///   let targetShape = PixelShape(square: 16)
///
///   func example(from crop: Image, using random: inout RandomStream) -> Example {
///     let dark = Image(
///       width: crop.width, height: crop.height, channels: crop.channels,
///       pixels: crop.pixels.map { $0 / 2 })
///     return Example(input: dark, target: crop)
///   }
/// }
/// ```
public protocol Problem: Sendable {
  /// The name that the command line and ``ProblemRegistry`` know the problem by: words joined by
  /// hyphens, such as `allen-brain-8to32`.
  var name: String { get }

  /// The prefix of shard names. Default: the name with underscores for hyphens.
  var storageName: String { get }

  /// The size of the input.
  var inputShape: PixelShape { get }

  /// The size of the target.
  var targetShape: PixelShape { get }

  /// The settings that ``ProblemRegistry`` needs, besides the name, to recreate the problem. They
  /// are stored with the data and with runs. Default: none.
  var options: [String: String] { get }

  /// The ``options`` that affect the stored tiles: data made with different ones are different
  /// data. Default: all of them.
  var dataOptions: [String: String] { get }

  // MARK: Tiles

  /// Rows and columns of a stored tile. Default: twice the longer side of a crop.
  var tileSize: Int { get }

  /// The places of the tiles in a picture of the given size. Default: edge to edge from the top
  /// left, the rest at the right and at the bottom left out.
  func tilePositions(width: Int, height: Int) -> [PixelPosition]

  /// Whether to keep a tile or an evaluation crop. Default: always.
  func keepsTile(_ tile: Image) -> Bool

  /// The evaluation sections. Default: a seeded choice of `fraction` of them, at least one, unless
  /// `fraction` is 0.
  func evaluationSections(among sections: [String], fraction: Double, seed: UInt64) -> Set<String>

  // MARK: Examples

  /// The size of the part of a tile that an example is made from; its channels are those of stored
  /// tiles. Default: ``targetShape``.
  var cropShape: PixelShape { get }

  /// The random flips and rotations of training crops. Default: all eight.
  var augmentation: Augmentation { get }

  /// The random crop of a tile for a training example. Default: ``cropShape`` at a random place,
  /// in a random orientation that ``augmentation`` allows.
  func trainingCrop(of tile: Image, using random: inout RandomStream) -> Image

  /// The places of the evaluation crops in a tile. Default: the grid of ``cropShape`` from the top
  /// left, without the crops that ``keepsTile(_:)`` drops.
  func evaluationCropPositions(in tile: Image) -> [PixelPosition]

  /// The example made from a crop of size ``cropShape``: an input of ``inputShape`` and a target of
  /// ``targetShape``.
  ///
  /// Random choices must use `random` only, so that an example is reproducible.
  func example(from crop: Image, using random: inout RandomStream) throws -> Example

  /// Whether each value of an input is the floor of the mean of a block of its target, where that is
  /// a whole number of times as large. A model can then know what is left of a block's sum. Default:
  /// false.
  var inputsAreBlockMeans: Bool { get }

  /// The input that ``example(from:using:)`` makes of a target; `nil` if the target alone does not
  /// determine it. Evaluations measure with it whether predictions agree with their inputs. Default:
  /// `nil`.
  func input(ofTarget target: Image) -> Image?

  /// The problem with inputs of `pixels` more on each side, and with targets that show as much more;
  /// `nil` if it has none. Data sets use it for ``Dataset/withEvaluationContext(_:)``. Default: `nil`.
  func withContext(_ pixels: Int) -> Self?

  // MARK: Data and models

  /// The problem with statistics of the training tiles filled in, such as their mean. Called when a
  /// ``Dataset`` is opened. Default: the problem as it is.
  func adapted(to data: DataSummary) throws -> Self

  /// The problem at a step of a run, if that changes: inputs may have other sizes. Evaluations are
  /// of the problem itself. Default: the problem at every step.
  func atStep(_ step: Int) -> Self

  /// The pixel normalization of a model of the problem, for the channels of inputs and targets;
  /// `nil` for none. Default: `nil`.
  var normalization: PixelNormalization? { get }

  /// A user's picture as an input: in the colors of ``inputShape``, of any size. Default:
  /// converted between gray and color.
  func preparedInput(_ image: Image) throws -> Image
}
