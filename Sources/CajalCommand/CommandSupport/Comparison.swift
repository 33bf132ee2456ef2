import ArgumentParser
import Cajal
import Foundation

/// A comparison of pictures with a target, at the largest bit depth among them.
struct Comparison {
  /// One of the pictures, and its scores.
  struct Entry {
    let name: String
    /// The file; `nil` for a picture that was made.
    let path: String?
    let image: DeepImage
    let meanSquaredError: Double
    let ssim: Double?
    /// The ratio of differences across and within tiles, where these are known.
    let seams: Double?

    var isExact: Bool { meanSquaredError == 0 }
  }

  let target: DeepImage
  let entries: [Entry]
  /// The data range of PSNR and SSIM.
  let range: Int
  /// The target's own ratio across and within tiles.
  let targetSeams: Double?
  /// Notes for the user about the values.
  let notes: [String]

  /// 8 or 16.
  var bitDepth: Int { target.bitDepth }

  /// Reads and measures pictures.
  ///
  /// - Parameters:
  ///   - input: a small picture that the usual filters enlarge.
  ///   - range: the value of white; `nil` is the largest of the depth.
  ///   - tiles: the borders across which seams are measured.
  init(
    _ pictures: [String], to targetPath: String, input: String?, range: Int?, tiles: TileBorders?,
    limits: ImageLimits
  ) throws {
    func read(_ path: String) throws -> DeepImage {
      try DeepImage(contentsOf: path, limits: limits, whiteLevel: range)
    }
    let readTarget = try read(targetPath)
    let readInput = try input.map(read)
    let readPictures = try pictures.map { path in
      let image = try read(path)
      guard image.width == readTarget.width, image.height == readTarget.height else {
        throw ValidationError(
          """
          \(path) is \(image.width)×\(image.height) pixels, the target \(readTarget.width)×\
          \(readTarget.height)
          """)
      }
      return image
    }
    let all = [readTarget] + [readInput].compactMap { $0 } + readPictures
    let isDeep = all.contains { $0.bitDepth == 16 }
    let measured = range ?? (isDeep ? 65535 : 255)
    func inDepth(_ image: DeepImage) -> DeepImage {
      isDeep ? image.widened(whiteLevel: measured) : image
    }
    let target = inDepth(readTarget)
    func entry(_ name: String, _ path: String?, _ image: DeepImage) -> Entry {
      Entry(
        name: name, path: path, image: image,
        meanSquaredError: ImageMetrics.meanSquaredError(image, target),
        ssim: ImageMetrics.ssim(image, target, range: measured), seams: tiles?.seams(in: image))
    }
    let enlarged = readInput.map { small in
      Evaluation.filters.map { filter in
        let image = inDepth(small).resized(
          width: target.width, height: target.height, filter: filter)
        return entry(filter.rawValue, nil, image)
      }
    }
    self.target = target
    self.range = measured
    targetSeams = tiles?.seams(in: target)
    entries =
      (enlarged ?? [])
      + zip(pictures, readPictures).map { path, image in
        entry(path.split(separator: "/").last.map(String.init) ?? path, path, inDepth(image))
      }
    notes = Self.notes(on: all, range: range)
  }

  private static func notes(on images: [DeepImage], range: Int?) -> [String] {
    guard let largest = images.compactMap(\.usedRange?.largestValue).max() else { return [] }
    let used = UsedRange(largestValue: largest)
    if let range {
      guard largest > range else { return [] }
      return ["the largest value of the 16-bit pictures, \(largest), is above --range \(range)"]
    }
    guard used.isNarrow else { return [] }
    return [
      """
      the 16-bit pictures use \(used.text); --range \(used.probableWhiteLevel) measures them on \
      that scale
      """
    ]
  }

  /// The figures as lines.
  var text: String {
    let seams = targetSeams.map { _ in ["seams"] } ?? []
    var table = TextTable(["picture", "PSNR (dB)", "SSIM"] + seams)
    for entry in entries {
      table.add(
        [
          entry.name, Figures.fixed(psnr(of: entry), 2),
          entry.ssim.map { Figures.fixed($0, 4) } ?? "-",
        ] + seams.map { _ in entry.seams.map { Figures.fixed($0, 3) } ?? "-" })
    }
    if let targetSeams { table.add(["target", "", "", Figures.fixed(targetSeams, 3)]) }
    return table.text + "\n(data range \(range), \(bitDepth)-bit values)"
  }

  /// A panel of all pictures, by their names without extensions where these differ.
  var panel: Panel {
    let stems = entries.map { entry in
      entry.path == nil ? entry.name : (entry.name as NSString).deletingPathExtension
    }
    let names = Set(stems).count == stems.count ? stems : entries.map(\.name)
    var panel = Panel(columns: names + ["target"])
    panel.addRow(
      (entries.map(\.image) + [target]).map { $0.narrowed(whiteLevel: range) },
      captions: entries.map { Figures.decibels(psnr(of: $0)) } + [""])
    return panel
  }

  private func psnr(of entry: Entry) -> Double {
    ImageMetrics.psnr(meanSquaredError: entry.meanSquaredError, range: range)
  }

  /// The figures as JSON.
  func record(target path: String) -> ComparisonRecord {
    ComparisonRecord(
      target: path, bitDepth: bitDepth, range: range,
      pictures: entries.map { entry in
        ComparisonRecord.Picture(
          name: entry.name, path: entry.path, isExact: entry.isExact,
          meanSquaredError: entry.meanSquaredError,
          psnr: entry.isExact ? nil : psnr(of: entry), ssim: entry.ssim, seams: entry.seams)
      }, targetSeams: targetSeams, notes: notes)
  }
}
