/// Pictures with zeros around them, so that a convolution reads past their edges.
struct PicturePadding {
  /// Zeros before and after an axis; negative numbers cut positions off.
  struct Axis {
    let extent: Int, before: Int, after: Int

    var padded: Int { extent + before + after }
    /// The positions that are copied.
    var kept: Range<Int> { max(0, -before)..<max(max(0, -before), min(extent, extent + after)) }
  }

  let rows: Axis, columns: Axis
  let channels: Int

  /// Padded pictures with every number given.
  init(rows: Axis, columns: Axis, channels: Int) {
    self.rows = rows
    self.columns = columns
    self.channels = channels
  }

  /// What the forward pass and the gradient of the kernel read of the input.
  init(forwardOf geometry: ConvolutionGeometry) {
    // Positions that no tap reaches, at the end of an axis with a stride, are left out.
    func axis(_ axis: ConvolutionGeometry.Axis) -> Axis {
      let read = (axis.result - 1) * axis.stride + axis.kernel
      return Axis(extent: axis.extent, before: axis.before, after: read - axis.extent - axis.before)
    }
    rows = axis(geometry.rows)
    columns = axis(geometry.columns)
    channels = geometry.channels
  }

  /// What the gradient of the input reads of the result's gradient.
  init(gradientOf geometry: ConvolutionGeometry, _ rows: [StridePhase], _ columns: [StridePhase]) {
    func axis(_ axis: ConvolutionGeometry.Axis, _ phases: [StridePhase]) -> Axis {
      let used = phases.filter { $0.taps > 0 && $0.count > 0 }
      let first = used.map { $0.first - ($0.taps - 1) }.min() ?? 0
      let last = used.map { $0.first + $0.count - 1 }.max() ?? 0
      return Axis(extent: axis.result, before: -first, after: last - (axis.result - 1))
    }
    self.rows = axis(geometry.rows, rows)
    self.columns = axis(geometry.columns, columns)
    channels = geometry.resultChannels
  }

  /// Positions in a padded row.
  var width: Int { columns.padded }
  /// Elements of a padded picture and of one as it is.
  var size: Int { rows.padded * columns.padded * channels }
  var sourceSize: Int { rows.extent * columns.extent * channels }

  /// Whether padded pictures differ from those that they are made of.
  var isNeeded: Bool {
    [rows.before, rows.after, columns.before, columns.after].contains { $0 != 0 }
  }

  /// Writes one padded picture.
  func copy(_ source: UnsafePointer<Float>, to padded: UnsafeMutablePointer<Float>) {
    let row = width * channels
    let kept = columns.kept.count * channels
    let left = max(0, columns.before) * channels
    var target = unsafe padded
    for index in 0..<rows.padded {
      let from = index - rows.before
      if rows.kept.contains(from) {
        unsafe target.update(repeating: 0, count: left)
        unsafe (target + left).update(
          from: source + (from * columns.extent + columns.kept.lowerBound) * channels, count: kept)
        unsafe (target + left + kept).update(repeating: 0, count: row - left - kept)
      } else {
        unsafe target.update(repeating: 0, count: row)
      }
      unsafe target += row
    }
  }
}
