import CajalSupport

/// Numbers from 0 to a maximum as colors, from dark violet over green to yellow: the map viridis of
/// matplotlib, which is also read in gray and by the color-blind.
public struct HeatMap: Sendable, Hashable {
  /// The number that the last color stands for; larger ones have it too.
  public let maximum: Double
  /// What the numbers are, drawn under the scale.
  public let label: String

  /// A map of numbers from 0 to `maximum`, which is positive.
  public init(maximum: Double, label: String) {
    require(maximum > 0, "The maximum of a heat map is positive.")
    self.maximum = maximum
    self.label = label
  }

  /// The color of a number.
  public func color(of number: Double) -> Color {
    let last = Self.anchors.count - 1
    let share = number > 0 ? min(number / maximum, 1) * Double(last) : 0
    let index = min(Int(share), last - 1)
    let rest = share - Double(index)
    func mixed(_ part: KeyPath<Color, UInt8>) -> UInt8 {
      let (low, high) = (Self.anchors[index][keyPath: part], Self.anchors[index + 1][keyPath: part])
      return UInt8((Double(low) + (Double(high) - Double(low)) * rest).rounded())
    }
    return Color(red: mixed(\.red), green: mixed(\.green), blue: mixed(\.blue))
  }

  /// Rows of numbers as a picture, with white to the right of rows that are narrower than the scale.
  ///
  /// - Parameters:
  ///   - numbers: The numbers, row by row.
  ///   - width: The number of columns.
  public func picture(of numbers: [Float], width: Int) -> Image {
    let height = numbers.count / width
    let fullWidth = self.width(of: width)
    let table = (0...Self.steps).map { color(of: Double($0) * maximum / Double(Self.steps)) }
    var pixels = [UInt8](repeating: 255, count: fullWidth * height * 3)
    for row in 0..<height {
      for column in 0..<width {
        let share = Double(numbers[row * width + column]) / maximum
        let step = share > 0 ? Int((min(share, 1) * Double(Self.steps)).rounded()) : 0
        let (place, color) = ((row * fullWidth + column) * 3, table[step])
        (pixels[place], pixels[place + 1], pixels[place + 2]) = (color.red, color.green, color.blue)
      }
    }
    return Image(width: fullWidth, height: height, channels: 3, pixels: pixels)
  }

  /// The columns of a picture of `columns` numbers with its scale.
  public func width(of columns: Int) -> Int {
    max(columns, BitmapFont.width(of: label) + 2 * Self.margin, 120)
  }

  /// The rows of the scale.
  public static var scaleHeight: Int { 52 }

  /// The scale as rows under a picture of `columns` numbers: a bar with numbers at its ends and
  /// between, and the label.
  public func scale(columns: Int) -> Image {
    let width = width(of: columns)
    var canvas = Canvas(width: width, height: Self.scaleHeight)
    let bar = min(width - 2 * Self.margin - 12, 480)
    let left = Self.margin + 6
    for x in 0..<bar {
      let color = color(of: maximum * Double(x) / Double(bar - 1))
      canvas.fill(x: left + x, y: 6, width: 1, height: 14, color)
    }
    for tick in 0...Self.ticks {
      let x = left + (bar - 1) * tick / Self.ticks
      canvas.fill(x: x, y: 20, width: 1, height: 3, .ink)
      let text = Self.text(maximum * Double(tick) / Double(Self.ticks))
      canvas.draw(text, x: x - BitmapFont.width(of: text) / 2, y: 25, scale: 1, .ink)
    }
    canvas.draw(label, x: left, y: 38, scale: 1, .ink)
    return canvas.image
  }

  private static let margin = 6
  private static let ticks = 5
  private static let steps = 1023

  /// A number with at most one decimal.
  private static func text(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  /// Colors at equal distances.
  private static let anchors: [Color] = [
    (68, 1, 84), (72, 40, 120), (62, 74, 137), (49, 104, 142), (38, 130, 142), (31, 158, 137),
    (53, 183, 121), (110, 206, 88), (181, 222, 43), (253, 231, 37),
  ].map { Color(red: $0, green: $1, blue: $2) }
}
