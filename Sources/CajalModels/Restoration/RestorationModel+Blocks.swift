import CajalTensor

extension RestorationModel {
  /// How pictures of a size are divided so that memory is bounded: pictures that are restored
  /// together, rows of the inputs that are finished at a time, and columns that a trunk computes at a
  /// time.
  struct Blocks: Equatable {
    /// Bytes that features may take, and finished rows: 512 MB.
    static let memory = 1 << 29
    /// Values of features where a trunk depends on the whole picture: 8 GB.
    static let wholeLimit = 1 << 31

    /// Rows of the inputs in a band.
    var rows: Int
    /// Columns of the inputs in a block.
    var columns: Int
    /// Pictures that can be restored together in one block.
    var picturesAtOnce = 1
  }

  /// The division of pictures of a size.
  ///
  /// Blocks are about square, since what they see around them is computed for each.
  ///
  /// - Parameters:
  ///   - decoding: How pictures are made.
  ///   - width: Columns of the inputs.
  ///   - height: Rows of the inputs.
  ///   - withEntropies: Whether entropies are computed too.
  ///   - memory: Bytes for features, and as many for finished rows.
  func blocks(
    _ decoding: Decoding, width: Int, height: Int, withEntropies: Bool = false,
    memory: Int = Blocks.memory
  ) -> Blocks {
    let perPixel = valuesPerInputPixel(decoding, withEntropies: withEntropies)
    let area = max(1, memory / 4 / perPixel)
    let perRow = width * channels * ratio * ratio
    let rowCap = max(Self.fewestRows, memory / perRow)
    guard width * height > area || height > rowCap else {
      let count = max(1, area / (width * height))
      return Blocks(rows: height, columns: width, picturesAtOnce: count)
    }
    guard let division = network.trunk.columnDivision else {
      // The trunk is computed for the whole; bands bound what the head makes of it.
      return Blocks(rows: min(height, rowCap, Self.fewestRows), columns: width)
    }
    var blocks = unevenBlocks(division, area: area, width: width, height: height)
    if rowCap < blocks.rows {
      blocks.rows = rowCap
      let around = 2 * rowContext(division, columns: width)
      if division.width == nil {
        blocks.columns = max(blocks.columns, area / (rowCap + around) - 2 * division.reach.distance)
      }
    }
    if decoding.isWavefront { blocks.rows = rowsOfWindows(blocks, width: width, memory) }
    return evened(blocks, division, width: width, height: height)
  }

  /// Blocks whose trunk with what it sees fits into an area, square where both sides are cut.
  private func unevenBlocks(
    _ division: ColumnDivision, area: Int, width: Int, height: Int
  ) -> Blocks {
    let (above, beside) = (rowContext(division, columns: width), division.reach.distance)
    func rest(_ extent: Int, _ context: Int) -> Int {
      max(extent - 2 * context, Self.fewestRows, context / 2)
    }
    if let fixed = division.width, fixed < width {
      let seen = min(width, division.reach.seen(by: fixed..<(2 * fixed), of: width).count)
      return Blocks(rows: min(height, rest(area / seen, above)), columns: fixed)
    }
    let side = Int(Double(area).squareRoot())
    if width <= side || division.width != nil {
      return Blocks(rows: min(height, rest(area / width, above)), columns: width)
    }
    if height <= side { return Blocks(rows: height, columns: rest(area / height, beside)) }
    return Blocks(rows: min(height, rest(side, above)), columns: min(width, rest(side, beside)))
  }

  private func rowContext(_ division: ColumnDivision, columns: Int) -> Int {
    network.trunk.reach(columns: min(columns, division.width ?? columns))?.distance ?? 0
  }

  /// Rows of a band whose window of a wavefront fits: it is as much wider than a block as the
  /// wavefront is slanted.
  private func rowsOfWindows(_ blocks: Blocks, width: Int, _ memory: Int) -> Int {
    let block = ratio * ratio
    let perPixel = (hyperparameters.headFeatures + 4 * channels) * block
    var rows = blocks.rows
    while rows > Self.fewestRows,
      rows * min(width, network.context.slope * rows + blocks.columns) * perPixel
        > memory / 4
    {
      rows -= max(1, rows / 16)
    }
    return rows
  }

  /// As many blocks, of nearly equal sizes.
  private func evened(
    _ blocks: Blocks, _ division: ColumnDivision, width: Int, height: Int
  ) -> Blocks {
    func evened(_ size: Int, of extent: Int) -> Int {
      let count = (extent + size - 1) / size
      return (extent + count - 1) / count
    }
    let alignment = division.reach.alignment
    let columns = (evened(blocks.columns, of: width) + alignment - 1) / alignment * alignment
    return Blocks(
      rows: evened(blocks.rows, of: height),
      columns: division.width == nil ? min(width, columns) : blocks.columns)
  }

  /// The fewest rows and columns of a block.
  private static let fewestRows = 16

  /// Checks that a picture is not too large for what is computed for it as a whole: a trunk that
  /// depends on all of it, or the pictures of a self-ensemble.
  ///
  /// - Throws: ``PictureSizeError``.
  func checkArea(width: Int, height: Int, _ decoding: Decoding) throws(PictureSizeError) {
    if case .selfEnsemble = decoding { try checkEnsembleArea(width: width, height: height) }
    guard network.trunk.columnDivision == nil else { return }
    let largest = Blocks.wholeLimit / valuesPerInputPixel(.onePass)
    guard width * height > largest else { return }
    throw PictureSizeError(
      description: """
        the picture is \(width)×\(height) pixels, but a U-Net sees pictures as a whole and takes \
        at most \(largest) pixels; restoration_base and restoration_transformer take pictures of \
        any size
        """)
  }

  private func checkEnsembleArea(width: Int, height: Int) throws(PictureSizeError) {
    // The sums, of two bytes, and four pictures while they are turned.
    let bytesPerPixel = 6 * channels * ratio * ratio
    let largest = 4 * Blocks.wholeLimit / bytesPerPixel
    guard width * height > largest else { return }
    throw PictureSizeError(
      description: """
        the picture is \(width)×\(height) pixels, but a self-ensemble holds pictures as a whole and \
        takes at most \(largest) pixels; one-pass takes pictures of any size
        """)
  }

  /// About how many values are in memory for a pixel of the input that a trunk is computed for.
  private func valuesPerInputPixel(_ decoding: Decoding, withEntropies: Bool = false) -> Int {
    let (block, trunk) = (ratio * ratio, network.trunk)
    let positions = trunk.factor == 1 ? block : 1
    // The trunk's features with what one of its blocks makes of them, and the picture with what it
    // is made of.
    let onePass = 6 * trunk.featureWidth * positions + 4 * channels * block
    // Features of every pixel.
    let needsHead = decoding.isWavefront || withEntropies
    return onePass + (needsHead ? hyperparameters.headFeatures * block : 0)
  }
}

extension Decoding {
  /// Whether pixels are decoded one after the other.
  var isWavefront: Bool {
    switch self {
    case .onePass, .selfEnsemble, .crisp: false
    case .greedy, .sample, .mean, .zeroTarget: true
    }
  }
}
