import CajalSupport
import CajalImages
import Testing

@testable import CajalProblems

/// Pictures of several resolutions brought to one, and sections left out.
@Suite struct ResolutionTests {
  /// Two files of 0.4 µm, one of 1.1 µm, one of 4 µm and one of unknown resolution.
  private func withManifest(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryDirectory { folder in
      for (index, name) in ["fine", "cut", "right", "coarse", "unknown"].enumerated() {
        try noise(UInt64(index), width: 70, height: 67).write(to: "\(folder)/\(name).png")
      }
      let manifest = """
        {"items": [
          {"file": "fine.png", "section": "fine", "um_per_px": 0.4},
          {"file": "cut.png", "section": "cut", "um_per_px": 0.4, "crop": [3, 2, 68, 65]},
          {"file": "right.png", "section": "right", "um_per_px": 1.1},
          {"file": "coarse.png", "section": "coarse", "um_per_px": 4},
          {"file": "unknown.png", "section": "unknown", "um_per_px": "about 1"}
        ]}
        """
      try Files.writeAtomically(to: folder + "/index.json", Array(manifest.utf8))
      try body(folder)
    }
  }

  private func make(_ folder: String, _ name: String, _ change: (inout DataOptions) -> Void)
    throws -> Dataset
  {
    var options = DataOptions(evaluationFraction: 0)
    change(&options)
    return try tinyProblem.generateData(
      from: .images(in: folder, manifest: "index.json"), to: folder + "/" + name,
      options: options)
  }

  private func mean(_ image: Image, x: Int, y: Int, channel: Int) -> UInt8 {
    let values =
      [image[x, y, channel], image[x + 1, y, channel]]
      + [image[x, y + 1, channel], image[x + 1, y + 1, channel]]
    return UInt8((Double(values.reduce(0) { $0 + Int($1) }) / 4).rounded())
  }

  @Test func finePicturesAreAveraged() throws {
    try withManifest { folder in
      let data = try make(folder, "data") { $0.micronsPerPixel = 0.8 }
      #expect(
        data.summary.resolutions == [
          DataSummary.Resolution(micronsPerPixel: 0.4, reduction: 2, pictureCount: 2),
          DataSummary.Resolution(micronsPerPixel: 1.1, reduction: 1, pictureCount: 1),
          DataSummary.Resolution(micronsPerPixel: 4, reduction: 1, pictureCount: 1),
          DataSummary.Resolution(micronsPerPixel: nil, reduction: 1, pictureCount: 1),
        ])
      #expect(data.summary.request.micronsPerPixel == 0.8)
      // 35 × 33 and 32 × 31 of averaged pixels, 70 × 67 of others.
      let counts = Dictionary(grouping: data.trainingTiles, by: \.section).mapValues(\.count)
      #expect(counts == ["fine": 4, "cut": 2, "right": 16, "coarse": 16, "unknown": 16])
      for tile in data.trainingTiles where ["fine", "cut"].contains(tile.section) {
        let (seed, left, top): (UInt64, Int, Int) = tile.section == "fine" ? (0, 0, 0) : (1, 3, 2)
        let source = noise(seed, width: 70, height: 67)
        let image = try tile.image()
        for index in 0..<(16 * 16 * 3) {
          let (x, y, channel) = (index / 3 % 16, index / 48, index % 3)
          let expected = mean(
            source, x: left + 2 * (tile.position.x + x), y: top + 2 * (tile.position.y + y),
            channel: channel)
          #expect(image[x, y, channel] == expected)
        }
      }
      // It is the same data when it is made again, and other data with another resolution.
      #expect(
        try make(folder, "data") { $0.micronsPerPixel = 0.8 }.fingerprint == data.fingerprint)
      #expect(
        errorText { try make(folder, "data") { $0.micronsPerPixel = 0.7 } }?
          .contains("at 0.8 µm per pixel, not at 0.7 µm per pixel") == true)
    }
  }

  @Test func factorsAreRounded() throws {
    try withManifest { folder in
      // 1.5 is rounded to 2, 1.45 leaves pictures as they are, and 2.6 is 3.
      for (microns, reductions) in [
        (0.6, [2, 1]), (0.58, [1, 1]), (1.04, [3, 1]), (1.7, [4, 2]),
      ] {
        let data = try make(folder, "data\(microns)") { $0.micronsPerPixel = microns }
        #expect(data.summary.resolutions?.prefix(2).map(\.reduction) == reductions)
      }
    }
  }

  /// Without the option, data and fingerprint are those of a list without resolutions.
  @Test func withoutTheOptionNothingChanges() throws {
    try withManifest { folder in
      let data = try make(folder, "data") { _ in }
      #expect(data.summary.resolutions == nil && data.summary.request.micronsPerPixel == nil)
      let pictures = ["fine", "cut", "right", "coarse", "unknown"].map { name in
        Picture(
          file: "\(folder)/\(name).png", name: "\(name).png", section: name,
          crop: name == "cut" ? Picture.Crop(left: 3, top: 2, right: 68, bottom: 65) : nil)
      }
      let plain = try tinyProblem.generateData(
        from: .pictures(pictures), to: folder + "/plain",
        options: DataOptions(evaluationFraction: 0))
      #expect(
        plain.fingerprint == data.fingerprint && plain.summary.request == data.summary.request)
      #expect(
        try !Files.readText(folder + "/data/dataset.json", limit: 1 << 20).contains("eduction"))
      #expect(
        errorText {
          try tinyProblem.generateData(
            from: .pictures(pictures), to: folder + "/other",
            options: DataOptions(micronsPerPixel: 1))
        }?.hasSuffix("give a manifest with um_per_px") == true)
    }
  }

  @Test func sectionsAreLeftOut() throws {
    try withManifest { folder in
      let data = try make(folder, "data") { $0.excludedSections = ["coarse", "un*"] }
      #expect(data.summary.sections.map(\.name) == ["cut", "fine", "right"])
      #expect(data.summary.leftOut.map(\.kind) == [.excludedSection])
      #expect(
        data.summary.leftOut.map(\.description)
          == ["2 pictures of excluded sections (coarse.png, unknown.png)"])
      #expect(
        errorText { try make(folder, "other") { $0.excludedSections = ["coarsely"] } }
          == "cannot split the sections: no section is named coarsely; did you mean coarse?")
    }
  }
}
