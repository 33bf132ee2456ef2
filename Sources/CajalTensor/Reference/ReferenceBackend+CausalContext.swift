extension ReferenceBackend {
  /// What is known of pixels before they are decoded.
  package func causalContext(
    targets: UnsafePointer<Float>, means: UnsafePointer<Float>, inputs: UnsafePointer<Float>?,
    pixels: UnsafePointer<Int32>, _ result: UnsafeMutablePointer<Float>, count: Int,
    _ geometry: CausalContextGeometry
  ) {
    let (rows, columns, channels) = (geometry.rows, geometry.columns, geometry.channels)
    let radius = CausalContextGeometry.radius
    let scale = CausalContextGeometry.residualScale
    var next = unsafe result
    func write(_ number: Float) {
      unsafe next.pointee = number
      unsafe next += 1
    }
    for i in 0..<count {
      let pixel = unsafe Int(pixels[i])
      let (y, x) = (pixel / columns % rows, pixel % columns)
      /// The pixel of the same image at another place, as far as there is one.
      func pixelAt(_ row: Int, _ column: Int) -> Int? {
        guard row >= 0, row < rows, column >= 0, column < columns else { return nil }
        return pixel + (row - y) * columns + column - x
      }
      let window = (-radius...0).flatMap { dy in
        (-radius...radius).filter { dy < 0 || $0 < 0 }.map { pixelAt(y + dy, x + $0) }
      }
      for neighbor in window {
        for c in 0..<channels {
          write(
            neighbor.map {
              unsafe (targets[$0 * channels + c] - means[$0 * channels + c]) * scale
            } ?? 0)
        }
      }
      for neighbor in window { write(neighbor == nil ? 0 : 1) }
      var left: [Double] = []
      if let ratio = geometry.ratio, let inputs = unsafe inputs {
        let block = pixel / columns / ratio * (columns / ratio) + x / ratio
        let order = (0..<ratio).flatMap { j in (0..<ratio).map { (y - y % ratio + j, $0) } }
        let place = y % ratio * ratio + x % ratio
        left = (0..<channels).map { c in
          let input = unsafe Double(inputs[block * channels + c])
          return order.enumerated().reduce(Double(ratio * ratio - 1) / 2) { sum, entry in
            let at = pixelAt(entry.element.0, x - x % ratio + entry.element.1) ?? pixel
            let picture = unsafe entry.offset < place ? targets : means
            return unsafe sum + (input - Double(picture[at * channels + c]))
          }
        }
        for c in 0..<channels { write(Float(left[c] / Double(ratio * ratio - place)) * scale) }
      }
      for c in 0..<channels { write(unsafe means[pixel * channels + c] / 128 - 1) }
      for sum in left { write(Float(sum / Double(4 * geometry.blockSize))) }
    }
  }
}

extension CausalContextGeometry {
  /// Pixels of a block.
  fileprivate var blockSize: Int { (ratio ?? 1) * (ratio ?? 1) }
}
