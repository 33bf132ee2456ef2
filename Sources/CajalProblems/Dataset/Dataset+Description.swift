extension Dataset: CustomStringConvertible, CustomReflectable {
  /// The directory, the problem, and how many tiles and examples there are.
  public var description: String {
    """
    \(directory): \(problem.name), \(trainingTiles.count) training tiles, \
    \(evaluationExamples.count) held-out examples
    """
  }

  /// The directory, the problem and the numbers of tiles and examples.
  public var customMirror: Mirror {
    Mirror(
      self,
      children: [
        "directory": directory, "problem": problem, "trainingTiles": trainingTiles.count,
        "evaluationTiles": evaluationTiles.count, "evaluationExamples": evaluationExamples.count,
      ])
  }
}

extension DataSummary: CustomStringConvertible, CustomReflectable {
  /// The problem, and how many sections, tiles and shards there are.
  public var description: String {
    """
    \(request.problem): \(sections.count) sections, \(trainingTileCount) training tiles and \
    \(evaluationTileCount) held-out tiles of \(request.tileSize)×\(request.tileSize) in \
    \(shards.count) shards
    """
  }

  /// The problem, its options and the numbers of sections, tiles and shards.
  public var customMirror: Mirror {
    Mirror(
      self,
      children: [
        "problem": request.problem, "options": options, "sections": sections.count,
        "trainingTiles": trainingTileCount, "evaluationTiles": evaluationTileCount,
        "shards": shards.count,
      ])
  }
}
