import CajalSupport

/// The shapes of a two-dimensional convolution of pictures `[images, rows, columns, channels]` with
/// a kernel `[kernel rows, kernel columns, channels / groups, result channels]`.
///
/// Along each axis the result has
/// `(extent + padding before + padding after - kernel extent) / stride + 1` positions, rounded
/// down. As everywhere in deep learning the kernel is not flipped:
/// `result[y, x] = Σ kernel[i, j] · picture[stride · y + i - padding, stride · x + j - padding]`,
/// with zeros outside of the picture.
package struct ConvolutionGeometry: Sendable, Hashable {
  /// One of the two spatial axes.
  package struct Axis: Sendable, Hashable {
    /// Positions of the picture, and of the kernel.
    package let extent: Int, kernel: Int
    /// Positions of the picture between neighbors of the result.
    package let stride: Int
    /// Zeros before the first and after the last position of the picture.
    package let before: Int, after: Int

    /// An axis; traps where the kernel does not fit into the padded picture.
    package init(extent: Int, kernel: Int, stride: Int, before: Int, after: Int) {
      require(
        extent > 0 && kernel > 0 && stride > 0,
        "extent, kernel and stride are at least 1, not \(extent), \(kernel), \(stride)"
      )
      require(
        (0..<kernel).contains(before) && (0..<kernel).contains(after),
        "padding is from 0 to less than the kernel's \(kernel), not \(before) and \(after)")
      require(
        extent + before + after >= kernel,
        "a kernel of \(kernel) does not fit into \(extent) padded by \(before) and \(after)")
      self.extent = extent
      self.kernel = kernel
      self.stride = stride
      self.before = before
      self.after = after
    }

    /// Positions of the result.
    package var result: Int { (extent + before + after - kernel) / stride + 1 }
  }

  /// The number of pictures.
  package let images: Int
  /// The rows and the columns.
  package let rows: Axis, columns: Axis
  /// Channels of a picture and of a result.
  package let channels: Int, resultChannels: Int
  /// Groups of channels, each of which reads only the same group of the picture's channels.
  package let groups: Int
  /// Applied to what is stored.
  package var activation = Activation.identity

  /// A geometry; traps where the groups do not divide the channels.
  package init(
    images: Int, rows: Axis, columns: Axis, channels: Int, resultChannels: Int, groups: Int = 1
  ) {
    require(
      groups > 0 && channels > 0 && resultChannels > 0 && channels % groups == 0
        && resultChannels % groups == 0,
      "\(groups) groups do not divide \(channels) channels and \(resultChannels) of the result")
    self.images = images
    self.rows = rows
    self.columns = columns
    self.channels = channels
    self.resultChannels = resultChannels
    self.groups = groups
  }

  /// Channels of a group of the picture and of the result.
  package var groupChannels: Int { channels / groups }
  /// Channels of a group of the result.
  package var groupResultChannels: Int { resultChannels / groups }
  /// The shape of the pictures.
  package var pictureShape: Shape { [images, rows.extent, columns.extent, channels] }
  /// The shape of the result.
  package var resultShape: Shape { [images, rows.result, columns.result, resultChannels] }
  /// The shape of the kernel.
  package var kernelShape: Shape { [rows.kernel, columns.kernel, groupChannels, resultChannels] }
  /// The multiply-adds of the forward pass; each gradient takes as many.
  package var multiplications: Int {
    images * rows.result * columns.result * rows.kernel * columns.kernel * groupChannels
      * resultChannels
  }
}

extension ConvolutionGeometry {
  /// Rows and columns of the tiles that some convolutions are computed in, from the picture's first
  /// row and column on. All results of a tile depend, in their last bits, on everything that the
  /// tile reads: one position more than the tile on each side for a kernel of 3 × 3.
  package static let tile = 4
}
