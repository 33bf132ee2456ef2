/// How a matrix product, or a convolution or one of its gradients as one, is divided among blocks:
/// by its shape alone, as must the order of sums.
struct ProductTiling {
  /// The kernels that there are for a product, by their tiles.
  enum Shape: String {
    /// 128 by 128, where they make blocks enough. Their sums have one part.
    case large
    /// 64 by 64.
    case small
    /// 128 by 32.
    case narrow
    /// 32 by 32, whose summed elements are cut into slices for each warp of the block.
    case sliced
    /// 8 by 32, for no more than 32 rows: a matter of memory.
    case fewRows = "few_rows"

    fileprivate var size: (rows: Int, columns: Int) {
      switch self {
      case .large: (128, 128)
      case .small: (64, 64)
      case .narrow: (128, 32)
      case .sliced: (32, 32)
      case .fewRows: (8, 32)
      }
    }

    fileprivate var threads: Int {
      switch self {
      case .large, .sliced: 256
      case .small, .narrow: 128
      case .fewRows: 512
      }
    }
  }

  let shape: Shape
  let threads: Int
  let grid: Grid
  /// The parts that sums are cut into, and the terms of each but the last one: as many as make the
  /// device's blocks, if each has terms enough to be worth its writing and reading.
  let parts: Int, termsPerPart: Int

  /// Products of `rows` by `columns`, `count` times, of sums of `inner` terms.
  init(
    rows: Int, columns: Int, count: Int, inner: Int, gridLimit: Int, among shapes: Set<Shape>
  ) {
    func tiles(_ shape: Shape) -> (down: Int, across: Int, all: Int) {
      let (height, width) = shape.size
      let (down, across) = ((rows + height - 1) / height, (columns + width - 1) / width)
      return (down, across, down * across * count)
    }
    func cut(_ shape: Shape) -> (parts: Int, termsPerPart: Int) {
      let (blocks, least) = shape == .fewRows ? (128, 1024) : (256, 512)
      let wanted = shape == .large ? 1 : (blocks + tiles(shape).all - 1) / max(tiles(shape).all, 1)
      return Self.cut(inner, parts: wanted, least: least)
    }
    let whole: Shape = shapes.contains(.narrow) && columns <= 32 ? .narrow : .small
    if shapes.contains(.fewRows), rows <= 32 {
      shape = .fewRows
    } else if shapes.contains(.large), columns >= 96, tiles(.large).all >= 128 {
      shape = .large
    } else {
      // Slices keep a multiprocessor busy with less of the result, but read more for it.
      shape = tiles(whole).all * cut(whole).parts >= 192 ? whole : .sliced
    }
    threads = shape.threads
    (parts, termsPerPart) = cut(shape)
    let (down, across, _) = tiles(shape)
    let depth = min(count * parts, gridLimit)
    grid = shape == .fewRows ? Grid(across, down, depth) : Grid(down * across, 1, depth)
  }

  /// Sums of `inner` terms in as many parts as are wanted, but of no fewer terms than `least`, and
  /// of a multiple of what tiles take at a time.
  static func cut(_ inner: Int, parts: Int, least: Int) -> (parts: Int, termsPerPart: Int) {
    let parts = max(min(parts, inner / least), 1)
    let terms = max((inner + parts - 1) / parts + 15, 16) / 16 * 16
    return (max((inner + terms - 1) / terms, 1), terms)
  }
}
