import CajalSupport
import CajalImages
import Testing

@testable import CajalProblems

@Suite struct OrientedPictureTests {
  /// A JPEG file with the EXIF orientation 6: a quarter turn clockwise makes it upright.
  private static func turned(_ image: Image) throws -> [UInt8] {
    let exif: [UInt8] = [
      0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
    ]
    let jpeg = try image.jpegData()
    let content = Array("Exif\0\0".utf8) + exif
    return jpeg[..<2] + [0xFF, 0xE1, 0, UInt8(content.count + 2)] + content + jpeg[2...]
  }

  /// Crops and positions are those of the upright picture, which is wider or higher than the stored
  /// one.
  @Test(arguments: [nil, Picture.Crop(left: 3, top: 31, right: 44, bottom: 64)])
  func cropsAreOfTheUprightPicture(crop: Picture.Crop?) throws {
    try withTemporaryDirectory { folder in
      let bytes = try Self.turned(noise(5, width: 65, height: 48))
      try Files.writeAtomically(to: folder + "/a.jpg", bytes)
      let upright = try Image(decoding: bytes)
      #expect(upright.width == 48 && upright.height == 65)
      var problem = tinyProblem
      problem.tissueRule = .everything
      let data = try problem.generateData(
        from: .pictures([Picture(file: folder + "/a.jpg", name: "a", crop: crop)]),
        to: folder + "/data", options: DataOptions(evaluationFraction: 0))
      #expect(!data.trainingTiles.isEmpty)
      let size = problem.tileSize
      for tile in data.trainingTiles {
        let expected = upright.cropped(
          x: (crop?.left ?? 0) + tile.position.x, y: (crop?.top ?? 0) + tile.position.y,
          width: size, height: size)
        #expect(try tile.image() == expected)
      }
      // All of the 65 rows, which the stored picture does not have, are within reach.
      #expect(data.trainingTiles.contains { (crop?.top ?? 0) + $0.position.y + size > 48 })
    }
  }
}
