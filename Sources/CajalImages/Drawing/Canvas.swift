/// An RGB drawing canvas. Drawing outside is clipped.
struct Canvas {
  private(set) var image: Image

  init(width: Int, height: Int) {
    image = Image(width: width, height: height, channels: 3, filledWith: 255)
  }

  private mutating func paint(x: Int, y: Int, _ color: Color) {
    let width = image.width
    guard x >= 0, y >= 0, x < width, y < image.height else { return }
    image.withMutablePixels { pixels in
      let start = (y * width + x) * 3
      (pixels[start], pixels[start + 1], pixels[start + 2]) = (color.red, color.green, color.blue)
    }
  }

  mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: Color) {
    for row in y..<y + max(height, 0) {
      for column in x..<x + max(width, 0) { paint(x: column, y: row, color) }
    }
  }

  /// Draws text with its top left at a place, each dot of the font `scale` pixels wide and high.
  mutating func draw(_ text: String, x: Int, y: Int, scale: Int, _ color: Color) {
    for (position, character) in text.enumerated() {
      for (dot, hasInk) in BitmapFont.glyph(character).enumerated() where hasInk {
        let (row, column) = dot.quotientAndRemainder(dividingBy: BitmapFont.glyphWidth)
        fill(
          x: x + (position * BitmapFont.advance + column) * scale, y: y + row * scale,
          width: scale, height: scale, color)
      }
    }
  }

  /// Draws a picture with its top left at a place, each of its pixels `zoom` pixels wide and high.
  mutating func draw(_ picture: Image, x: Int, y: Int, zoom: Int) {
    let colors = picture.converted(toChannels: 3)
    for row in 0..<picture.height {
      for column in 0..<picture.width {
        let color = Color(
          red: colors[column, row, 0], green: colors[column, row, 1],
          blue: colors[column, row, 2])
        fill(x: x + column * zoom, y: y + row * zoom, width: zoom, height: zoom, color)
      }
    }
  }
}
