import CajalSupport

/// What is known of a pixel before it is decoded, of pictures `[images, rows, columns, channels]`
/// decoded in an order in which the pixels above, and those to the left in the same row, come
/// first within a window of 7 × 7.
///
/// A row of the result holds, in this order:
///
/// - the residuals (target minus mean) of the 24 pixels of the window that come before, in raster
///   order, channels innermost, times ``residualScale``; 0 outside of the picture;
/// - for each of the 24 pixels 1 where it is in the picture, else 0;
/// - with a ratio, for each channel: what is left of the block's sum over the pixels still to come,
///   this one included, times ``residualScale``;
/// - for each channel the mean: `mean / 128 - 1`;
/// - with a ratio, for each channel: what is left over `4 · ratio²`.
///
/// What is left of the sum of a block of `ratio` × `ratio` pixels, whose floored mean the input is:
/// `ratio² · input + (ratio² - 1) / 2`, minus the sum of the means, minus the residuals of the
/// block's earlier pixels in raster order. No other pixels of the target are read: pixels may be
/// decoded together that have the same `x + s · y` with `s = max(4, ratio)`. Sums are in Double and
/// in raster order, so that every device gives the same bits.
package struct CausalContextGeometry: Sendable, Hashable {
  /// Pixels of the window above and to the left.
  package static let radius = 3
  /// Pixels of the window that come before.
  package static let neighbors = 2 * radius * (radius + 1)
  /// What residuals are multiplied with.
  package static let residualScale: Float = 1 / 16

  /// The number of pictures, and the extents of each.
  package let images: Int, rows: Int, columns: Int, channels: Int
  /// Rows and columns of the block of an input's pixel; `nil` without inputs.
  package let ratio: Int?

  /// A geometry; traps for a ratio outside of 1 ... 8 or that does not divide the extents, and
  /// for channels outside of 1 ... 3.
  package init(images: Int, rows: Int, columns: Int, channels: Int, ratio: Int?) {
    require((1...3).contains(channels), "pixels have 1 to 3 channels, not \(channels)")
    if let ratio {
      require(
        (1...8).contains(ratio) && rows % ratio == 0 && columns % ratio == 0,
        "blocks of \(ratio) do not fill pictures of \(rows) by \(columns), or are not 1 to 8")
    }
    self.images = images
    self.rows = rows
    self.columns = columns
    self.channels = channels
    self.ratio = ratio
  }

  /// Numbers per pixel.
  package var width: Int {
    Self.neighbors * (channels + 1) + channels * (ratio == nil ? 1 : 3)
  }
  /// The number of pixels.
  package var pixelCount: Int { images * rows * columns }
  /// The shape of the pictures.
  package var pictureShape: Shape { [images, rows, columns, channels] }
}
