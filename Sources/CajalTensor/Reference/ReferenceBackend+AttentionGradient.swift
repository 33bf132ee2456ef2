import Foundation

extension ReferenceBackend {
  /// The gradients of attention, overwritten.
  ///
  /// With p the weights, k what dropout multiplies them with and g the gradient of a result row:
  /// `dv = Σ p k g`, `ds = p (k g·v - g·result)`, `dq = scale Σ ds key`, `dkey = scale Σ ds q`.
  package func attentionGradient(
    queries: UnsafePointer<Float>, keys: UnsafePointer<Float>, values: UnsafePointer<Float>,
    result: UnsafePointer<Float>, logSumExp: UnsafePointer<Float>,
    resultGradient: UnsafePointer<Float>, queriesGradient: UnsafeMutablePointer<Float>,
    keysGradient: UnsafeMutablePointer<Float>, valuesGradient: UnsafeMutablePointer<Float>,
    _ geometry: AttentionGeometry, dropout: DropoutKey?
  ) {
    let plan = geometry.plan
    let (keyWidth, valueWidth) = (geometry.keyWidth, geometry.valueWidth)
    let (keyRow, valueRow) = (geometry.keyRow, geometry.valueRow)
    let scale = Double(geometry.scale)
    var queriesSums = [Double](repeating: 0, count: geometry.batch * plan.queryCount * keyRow)
    var keysSums = [Double](repeating: 0, count: geometry.batch * plan.keyCount * keyRow)
    var valuesSums = [Double](repeating: 0, count: geometry.batch * plan.keyCount * valueRow)
    for query in 0..<plan.queryCount {
      let visible = plan.visibleKeys(of: query)
      for (image, head) in geometry.imagesAndHeads {
        let position = image * plan.queryCount + query
        let q = position * keyRow + head * keyWidth
        let o = position * valueRow + head * valueWidth
        let total = unsafe Double(
          logSumExp[(image * geometry.heads + head) * plan.queryCount + query])
        let projection = unsafe dot(resultGradient + o, result + o, count: valueWidth)
        for key in visible {
          let k = (image * plan.keyCount + key) * keyRow + head * keyWidth
          let v = (image * plan.keyCount + key) * valueRow + head * valueWidth
          let weight = unsafe exp(scale * dot(queries + q, keys + k, count: keyWidth) - total)
          let kept = geometry.kept(dropout, image: image, head: head, query: query, key: key)
          let along = unsafe dot(resultGradient + o, values + v, count: valueWidth)
          let slope = scale * weight * (kept * along - projection)
          for j in 0..<valueWidth {
            unsafe valuesSums[v + j] += weight * kept * Double(resultGradient[o + j])
          }
          for j in 0..<keyWidth {
            unsafe queriesSums[q + j] += slope * Double(keys[k + j])
            unsafe keysSums[k + j] += slope * Double(queries[q + j])
          }
        }
      }
    }
    unsafe store(queriesSums, queriesGradient)
    unsafe store(keysSums, keysGradient)
    unsafe store(valuesSums, valuesGradient)
  }

  private func store(_ sums: [Double], _ result: UnsafeMutablePointer<Float>) {
    for i in sums.indices { unsafe result[i] = Float(sums[i]) }
  }
}

extension AttentionGeometry {
  /// Every image of the batch with every head.
  fileprivate var imagesAndHeads: [(image: Int, head: Int)] {
    (0..<batch).flatMap { image in (0..<heads).map { (image, $0) } }
  }
}
