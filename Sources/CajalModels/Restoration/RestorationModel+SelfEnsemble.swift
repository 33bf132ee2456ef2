import CajalImages

extension RestorationModel {
  /// The means of the one-pass pictures of the inputs in all eight orientations, turned back.
  ///
  /// Means are rounded to even at halves, so that none of the two directions is preferred.
  func selfEnsemble(
    _ inputs: [Image], _ progress: (@Sendable (Double) -> Void)?
  ) throws -> [Image] {
    let transforms = DihedralTransform.allCases
    var sums: [[UInt16]] = []
    var shapes: [Image] = []
    for (number, transform) in transforms.enumerated() {
      let pictures = try predict(
        inputs.map { $0.transformed(by: transform) }, decoding: .onePass
      ) { share in
        progress?((Double(number) + share) / Double(transforms.count))
      }.map { $0.transformed(by: transform.inverse) }
      if sums.isEmpty {
        sums = pictures.map { [UInt16](repeating: 0, count: $0.pixels.count) }
        shapes = pictures
      }
      for (index, picture) in pictures.enumerated() {
        for (place, value) in picture.pixels.enumerated() { sums[index][place] += UInt16(value) }
      }
    }
    return zip(shapes, sums).map { shape, sums in
      Image(
        width: shape.width, height: shape.height, channels: shape.channels,
        pixels: sums.map { Self.roundedEighth($0) })
    }
  }

  /// An eighth of a sum of eight values.
  private static func roundedEighth(_ sum: UInt16) -> UInt8 {
    let (whole, rest) = (sum >> 3, sum & 7)
    return UInt8(rest > 4 || (rest == 4 && whole & 1 == 1) ? whole + 1 : whole)
  }
}
