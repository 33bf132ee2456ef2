import CajalAutodiff
import CajalLayers
import CajalTensor

/// A trunk that computes regions of pictures, to the bits of the whole pictures at once.
struct RegionNetwork {
  /// A trunk's picture of a region, and the features that it is predicted from.
  typealias Restored = (picture: Tensor<Float>, features: Tensor<Float>)

  private let network: PictureNetwork
  private let parameters: ParameterValues
  private let ratio: Int
  /// The codes of the pictures, where there are any.
  private let codes: Tensor<Float>?
  /// The rows and columns of the pictures.
  private let all: Region
  /// What the trunk makes of whole pictures, where it depends on them.
  private var whole: Restored?

  init(
    _ network: PictureNetwork, _ parameters: ParameterValues, ratio: Int, codes: Tensor<Float>?,
    width: Int, height: Int
  ) {
    (self.network, self.parameters, self.ratio, self.codes) = (network, parameters, ratio, codes)
    all = Region(rows: 0..<height, columns: 0..<width)
  }

  /// The rows and columns that a region depends on. Where blocks have a fixed width, what their
  /// features are is decided by the columns of its block.
  func seen(by region: Region, inBlock block: Range<Int>) -> Region {
    guard let division = network.columnDivision else { return all }
    let columns = division.reach.seen(
      by: division.width == nil ? region.columns : block, of: all.columns.count)
    guard let reach = network.reach(columns: columns.count) else { return all }
    return Region(rows: reach.seen(by: region.rows, of: all.rows.count), columns: columns)
  }

  /// What the trunk makes of a region, which is a block of columns or at most two columns wider on
  /// each side.
  mutating func restored(
    _ region: Region, inBlock block: Range<Int>, _ source: PreparedRows
  ) -> Restored {
    if let whole {
      return (
        whole.picture.sliced(region.scaled(by: ratio)),
        whole.features.sliced(region.scaled(by: ratio / network.factor))
      )
    }
    let seen = seen(by: region, inBlock: block)
    let device = parameters.device
    let pass = ForwardPass(tape: Tape(), parameters: parameters)
    let enlarged = source.enlarged(network.looksAtEnlarged ? seen : region).copied(to: device)
    let inputs =
      network.looksAtEnlarged ? enlarged : source.inputs(seen).copied(to: device)
    let (differences, features) = network.differences(of: inputs, code: codes, pass)
    guard network.columnDivision != nil else {
      let picture = network.picture(differences, enlarged: enlarged, pass).value
      whole = (picture, features.value)
      return restored(region, inBlock: block, source)
    }
    // Here differences and features are in the resolution of the input.
    let own = region.relative(to: seen)
    let picture = network.picture(
      pass.tape.constant(differences.value.sliced(own)), enlarged: enlarged, pass)
    return (picture.value, features.value.sliced(own))
  }
}
