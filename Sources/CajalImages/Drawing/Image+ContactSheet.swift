import CajalSupport

extension Image {
  /// Pictures side by side, row after row, with white between them.
  ///
  /// Each cell is as large as the largest side of any picture.
  ///
  /// Traps unless there is a picture and a column.
  public static func contactSheet(of pictures: [Image], columns: Int) -> Image {
    require(!pictures.isEmpty && columns > 0, "A contact sheet has a picture and a column.")
    let gap = 2
    let cell = pictures.reduce(0) { max($0, $1.width, $1.height) } + gap
    let across = min(columns, pictures.count)
    let down = (pictures.count + columns - 1) / columns
    var canvas = Canvas(width: across * cell + gap, height: down * cell + gap)
    for (index, picture) in pictures.enumerated() {
      canvas.draw(
        picture, x: index % columns * cell + gap, y: index / columns * cell + gap, zoom: 1)
    }
    return canvas.image
  }
}
