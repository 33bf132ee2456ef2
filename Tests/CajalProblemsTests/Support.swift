import CajalSupport
import CajalImages
import CajalProblems
import CajalTensor
import Foundation

/// Calls `body` with a new directory and removes it afterwards.
func withTemporaryDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
  let path = NSTemporaryDirectory() + "cajal-problems-" + UUID().uuidString
  try Files.createDirectory(path)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(path)
}

/// The folder `shared` beside the package, if this machine has it.
let sharedFolder: String? = {
  let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  let folder = package.deletingLastPathComponent().appendingPathComponent("shared").path
  return Files.exists(folder + "/data/sections/index.json") ? folder : nil
}()

/// A small problem: 2 × 2 to 8 × 8, in tiles of 16 × 16.
var tinyProblem: AllenBrain {
  var problem = AllenBrain(.upsampling(from: 2, to: 8))
  problem.tileSize = 16
  return problem
}

/// A picture of noise, the same for the same seed.
func noise(_ seed: UInt64, width: Int = 48, height: Int = 32, channels: Int = 3) -> Image {
  var random = RandomStream(RandomKey(seed: seed, stream: 0x7E57))
  return Image(
    width: width, height: height, channels: channels,
    pixels: (0..<(width * height * channels)).map { _ in
      UInt8(truncatingIfNeeded: random.nextWord())
    })
}

/// Sections `a`, `b`, … of noise, of `pictures` pictures each.
func noiseSections(_ count: Int, pictures: Int = 1) -> PictureSource {
  .pictures(
    (0..<count).flatMap { section in
      (0..<pictures).map { picture in
        let name = String(UnicodeScalar(UInt8(97 + section)))
        return Picture(name: "\(name)\(picture)", section: name) {
          noise(UInt64(section * 100 + picture))
        }
      }
    })
}

/// The text of the error that `body` throws, or `nil` when it throws none.
func errorText(_ body: () throws -> some Any) -> String? {
  do {
    _ = try body()
    return nil
  } catch {
    return "\(error)"
  }
}
