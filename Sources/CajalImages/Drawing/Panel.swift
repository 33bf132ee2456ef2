import CajalSupport

/// Rows of pictures side by side, with a title above each column: for comparing inputs, predictions
/// and targets.
///
/// ```swift
/// var panel = Panel(columns: ["input", "prediction", "target"])
/// panel.addRow([input, prediction, target], captions: ["", "31.2 dB", ""])
/// try panel.rendered().write(to: "panel.png")
/// ```
public struct Panel: Sendable {
  private struct Row {
    var label: String
    var images: [Image]
    var captions: [String]
  }

  /// The title above each column; empty strings for none.
  public let columns: [String]
  /// The zoom factor of the largest picture.
  public var zoom: Int
  /// The pixels between pictures.
  public var spacing: Int
  /// The scale of the 5 × 7 font.
  public var textScale: Int
  private var rows: [Row] = []

  /// A panel without rows. Traps unless there is a column, and the numbers are positive.
  public init(columns: [String], zoom: Int = 4, spacing: Int = 12, textScale: Int = 2) {
    require(!columns.isEmpty, "A panel has at least one column.")
    require(
      zoom > 0 && spacing > 0 && textScale > 0, "The measures of a panel are positive.")
    self.columns = columns
    self.zoom = zoom
    self.spacing = spacing
    self.textScale = textScale
  }

  /// Adds a row of one picture per column, of any sizes; small ones are drawn as large as an
  /// integer zoom allows within the place of the largest.
  ///
  /// Traps unless there are as many pictures as columns, and as many captions or none.
  ///
  /// - Parameters:
  ///   - images: the pictures.
  ///   - label: the text to the left of the row.
  ///   - captions: the text below each picture.
  public mutating func addRow(_ images: [Image], label: String = "", captions: [String] = []) {
    require(images.count == columns.count, "A row has one picture per column.")
    require(
      captions.isEmpty || captions.count == columns.count, "A row has a caption per picture.")
    rows.append(Row(label: label, images: images, captions: captions))
  }

  /// The panel as a picture.
  public func rendered() -> Image {
    let tileWidth = rows.flatMap(\.images).map(\.width).max().map { $0 * zoom } ?? 0
    let tileHeight = rows.flatMap(\.images).map(\.height).max().map { $0 * zoom } ?? 0
    let titleHeight = columns.allSatisfy(\.isEmpty) ? 0 : lineHeight + spacing
    let labelWidth = rows.map { width(of: $0.label) }.max() ?? 0
    let left = spacing + (labelWidth == 0 ? 0 : labelWidth + spacing)
    let columnWidths = columns.indices.map { column in
      rows.reduce(max(tileWidth, width(of: columns[column]))) { widest, row in
        max(widest, row.captions.isEmpty ? 0 : width(of: row.captions[column]))
      }
    }
    let rowHeights = rows.map { row in
      tileHeight + (row.captions.allSatisfy(\.isEmpty) ? 0 : lineHeight + spacing / 2)
    }
    var canvas = Canvas(
      width: left + columnWidths.reduce(0) { $0 + $1 + spacing },
      height: spacing + titleHeight + rowHeights.reduce(0) { $0 + $1 + spacing })

    var x = left
    for (column, title) in columns.enumerated() {
      let center = x + columnWidths[column] / 2
      draw(title, center: center, y: spacing, .ink, on: &canvas)
      var y = spacing + titleHeight
      for (row, height) in zip(rows, rowHeights) {
        draw(
          row.images[column], center: center, y: y, tileWidth: tileWidth, tileHeight: tileHeight,
          on: &canvas)
        if !row.captions.isEmpty {
          draw(
            row.captions[column], center: center, y: y + tileHeight + spacing / 2, .softInk,
            on: &canvas)
        }
        if column == 0 {
          canvas.draw(
            row.label, x: spacing, y: y + (tileHeight - lineHeight) / 2, scale: textScale, .ink)
        }
        y += height + spacing
      }
      x += columnWidths[column] + spacing
    }
    return canvas.image
  }

  private var lineHeight: Int { BitmapFont.glyphHeight * textScale }

  private func width(of text: String) -> Int { BitmapFont.width(of: text) * textScale }

  private func draw(
    _ text: String, center: Int, y: Int, _ color: Color, on canvas: inout Canvas
  ) {
    canvas.draw(text, x: center - width(of: text) / 2, y: y, scale: textScale, color)
  }

  /// Draws a picture in the middle of its tile, with a thin frame that sets off white backgrounds.
  private func draw(
    _ image: Image, center: Int, y: Int, tileWidth: Int, tileHeight: Int, on canvas: inout Canvas
  ) {
    let fitting = min(tileWidth / image.width, tileHeight / image.height)
    let (width, height) = (image.width * fitting, image.height * fitting)
    let (left, top) = (center - width / 2, y + (tileHeight - height) / 2)
    canvas.fill(x: left - 1, y: top - 1, width: width + 2, height: height + 2, .frame)
    canvas.draw(image, x: left, y: top, zoom: fitting)
  }
}
