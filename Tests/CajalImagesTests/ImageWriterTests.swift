import CajalSupport
import CajalImages
import Testing

@Suite struct ImageWriterTests {
  private struct Abandoned: Error {}

  /// Rows appended in any parts make the same file as the whole picture.
  @Test(arguments: ["a.png", "a.jpg"], [1, 3])
  func partsMakeTheFileOfTheWhole(name: String, channels: Int) throws {
    var generator = SplitMix64(seed: 51)
    // The larger one fills the encoders' buffers many times.
    for (width, height) in [(5, 6), (301, 203)] {
      let image = Image.random(width: width, height: height, channels: channels, using: &generator)
      let expected = name == "a.png" ? try image.pngData() : try image.jpegData(quality: 70)
      try withTemporaryDirectory { directory in
        let path = directory + "/" + name
        for part in [1, 2, 7, height] {
          try ImageWriter.write(
            to: path, width: width, height: height, channels: channels, quality: 70
          ) { writer in
            while writer.nextRow < writer.height {
              let rows = min(part, writer.height - writer.nextRow)
              try writer.append(
                image.cropped(x: 0, y: writer.nextRow, width: width, height: rows))
            }
          }
          #expect(try Files.read(path) == expected)
        }
        #expect(try Files.list(directory) == [name])
      }
    }
  }

  /// A picture that is larger, as a whole, than its reader may hold.
  @Test func widePicturesGoThroughRowByRow() throws {
    let (width, height) = (20_000, 3000)
    try withTemporaryDirectory { directory in
      let path = directory + "/wide.png"
      try ImageWriter.write(to: path, width: width, height: height, channels: 1) { writer in
        for y in 0..<height {
          try writer.append(Image(width: width, height: 1, channels: 1, filledWith: UInt8(y & 255)))
        }
      }
      let limits = ImageLimits(maximumBytes: width, maximumFileBytes: 1 << 24)
      let error = #expect(throws: ImageError.self) { try Image(contentsOf: path, limits: limits) }
      #expect(error?.kind == .tooLarge)
      var reader = try ImageReader(contentsOf: path, limits: limits)
      var wrong = 0
      while let strip = try reader.readRows(1) {
        let value = UInt8((reader.nextRow - 1) & 255)
        if !strip.pixels.allSatisfy({ $0 == value }) { wrong += 1 }
      }
      #expect(wrong == 0)
    }
  }

  @Test func whatIsAbandonedLeavesNothing() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.jpg"
      let row = Image(width: 4, height: 1, channels: 3)
      #expect(throws: Abandoned.self) {
        try ImageWriter.write(to: path, width: 4, height: 4, channels: 3) { writer in
          try writer.append(row)
          throw Abandoned()
        }
      }
      #expect(try Files.list(directory) == [])

      try row.write(to: path)
      let before = try Files.read(path)
      #expect(throws: Abandoned.self) {
        try ImageWriter.write(to: path, width: 4, height: 1, channels: 3) { writer in
          try writer.append(row)
          throw Abandoned()
        }
      }
      #expect(try Files.read(path) == before)
      #expect(try Files.list(directory) == ["a.jpg"])
    }
  }

  @Test func whatCannotBeWrittenIsNamed() throws {
    try withTemporaryDirectory { directory in
      func error(_ path: String, width: Int = 1) -> ImageError? {
        #expect(throws: ImageError.self) {
          try ImageWriter.write(to: path, width: width, height: 1, channels: 1) { writer in
            try writer.append(Image(width: width, height: 1, channels: 1))
          }
        }
      }
      for name in ["a.bmp", "missing/a.png"] {
        let path = directory + "/" + name
        let found = error(path)
        #expect(found?.kind == .unwritable)
        #expect(found?.name == path)
      }
      let wide = error(directory + "/a.jpg", width: 65_501)
      #expect(wide?.reason.contains("65500") == true)
      let left = try Files.list(directory)
      #expect(left.isEmpty)
    }
  }

  @Test func missingRowsAreAProgrammingError() async {
    await #expect(processExitsWith: .failure) {
      try withTemporaryDirectory { directory in
        try ImageWriter.write(to: directory + "/a.png", width: 1, height: 2, channels: 1) {
          try $0.append(Image(width: 1, height: 1, channels: 1))
        }
      }
    }
  }
}
