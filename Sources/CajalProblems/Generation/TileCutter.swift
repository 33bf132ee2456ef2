import CajalImages
import CajalTensor
import Foundation
import Synchronization

/// The tiles of one picture, encoded, with what the summary needs to know about them.
struct PictureTiles: Sendable {
  var picture: Picture
  var fingerprint: Picture.Fingerprint
  /// How many tiles were cut.
  var tileCount = 0
  var kept: [(position: PixelPosition, encoded: [UInt8])] = []
  var statistics: ChannelStatistics
  /// Why the picture gave no tiles, if it gave none to choose from.
  var skip: String?
}

/// Cuts pictures into tiles on all processors.
struct TileCutter: Sendable {
  let problem: any Problem
  let options: DataOptions
  let progress: (@Sendable (DataProgress) -> Void)?

  private struct State {
    var done = 0
    var tiles = 0
    /// The first picture, in order, that failed; those after it need not be looked at.
    var failure: (index: Int, error: any Error)?
  }

  /// The tiles of every picture, in the order of the pictures.
  ///
  /// - Throws: what the first of the pictures that fail threw, whatever the order they were tried in.
  func cut(_ pictures: [Picture]) throws -> [PictureTiles] {
    let state = Mutex(State())
    let results = Threads.concurrentMap(Array(pictures.enumerated())) {
      index, picture -> PictureTiles? in
      guard state.withLock({ $0.failure.map { $0.index > index } ?? true }) else { return nil }
      do {
        let tiles = try cut(picture)
        state.withLock {
          $0.done += 1
          $0.tiles += tiles.kept.count
          progress?(
            DataProgress(pictures: $0.done, pictureCount: pictures.count, tiles: $0.tiles))
        }
        return tiles
      } catch {
        state.withLock { if index < $0.failure?.index ?? .max { $0.failure = (index, error) } }
        return nil
      }
    }
    if let failure = state.withLock({ $0.failure?.error }) { throw failure }
    return results.compactMap { $0 }
  }

  private func cut(_ picture: Picture) throws -> PictureTiles {
    let channels = problem.cropShape.channels
    let statistics = ChannelStatistics(channels: channels)
    do {
      let (image, fingerprint) = try picture.load(channels: channels, limits: options.imageLimits)
      let result = PictureTiles(
        picture: picture, fingerprint: fingerprint, statistics: statistics)
      return try tiles(of: image, into: result)
    } catch  where options.skipsUnreadable {
      var result = PictureTiles(
        picture: picture, fingerprint: try picture.fingerprint(), statistics: statistics)
      result.skip = "\(error)"
      return result
    }
  }

  private func tiles(of image: Image, into empty: PictureTiles) throws -> PictureTiles {
    var result = empty
    let size = problem.tileSize
    let positions = problem.tilePositions(width: image.width, height: image.height)
    if positions.isEmpty {
      result.skip =
        "its \(image.width) x \(image.height) pixels are less than one tile of \(size) x \(size)"
    }
    result.tileCount = positions.count
    for position in positions {
      let tile = image.cropped(x: position.x, y: position.y, width: size, height: size)
      guard problem.keepsTile(tile) else { continue }
      result.statistics.add(tile.pixels)
      result.kept.append((position, try tile.pngData()))
    }
    return result
  }
}

/// Exact sums of values and of their squares, for each channel.
struct ChannelStatistics: Sendable {
  private var count = 0
  private var sums: [Int]
  private var squares: [Int]

  init(channels: Int) {
    sums = [Int](repeating: 0, count: channels)
    squares = sums
  }

  /// Adds the values of whole pixels.
  mutating func add(_ pixels: [UInt8]) {
    let channels = sums.count
    pixels.withUnsafeBufferPointer { pixels in
      for channel in 0..<channels {
        var sum = 0
        var square = 0
        var index = channel
        while index < pixels.count {
          let value = Int(pixels[index])
          sum += value
          square += value * value
          index += channels
        }
        sums[channel] += sum
        squares[channel] += square
      }
    }
    count += pixels.count / channels
  }

  /// Adds what another has seen.
  mutating func add(_ other: ChannelStatistics) {
    for channel in sums.indices {
      sums[channel] += other.sums[channel]
      squares[channel] += other.squares[channel]
    }
    count += other.count
  }

  /// The mean of each channel.
  var mean: [Double] { sums.map { Double($0) / Double(max(count, 1)) } }

  /// The population standard deviation of each channel.
  var deviation: [Double] {
    zip(mean, squares).map { mean, square in
      max(0, Double(square) / Double(max(count, 1)) - mean * mean).squareRoot()
    }
  }
}
