import CajalSupport
package import CajalImages

extension Dataset {
  /// The data set with other evaluation examples: inputs and targets show the surroundings of a crop
  /// too, for models that take pictures of any size. ``Evaluation`` compares the targets' centers, of
  /// the problem's ``Problem/targetShape``.
  ///
  /// Crops are those of the tiles without a margin as wide as the context, so that other crops are
  /// compared than without context. Training examples and ``problem`` stay the same.
  ///
  /// - Parameter pixels: The context on each side, in pixels of the input.
  /// - Throws: ``ProblemError`` when the problem has no examples with context or the tiles are too
  ///   small.
  public func withEvaluationContext(_ pixels: Int) throws -> Dataset {
    require((0...1024).contains(pixels), "a context is from 0 to 1024 pixels")
    guard let wider = problem.withContext(pixels) else {
      throw ProblemError.noContext(problem: problem.name)
    }
    let (crop, whole, tileSize) = (problem.cropShape, wider.cropShape, summary.request.tileSize)
    guard tileSize >= max(whole.height, whole.width) else {
      throw ProblemError.unfitTiles(
        directory: directory,
        reason:
          "they have \(tileSize) x \(tileSize) pixels, and a crop of \(crop.height) x "
          + "\(crop.width) with a context of \(pixels) input pixels on each side needs "
          + "\(whole.height) x \(whole.width); make data with larger tiles or take less context")
    }
    var data = self
    data.evaluationContext = pixels
    data.evaluationExamples = try Self.examples(
      of: evaluationTiles, problem: problem, with: wider, seed: summary.request.seed)
    return data
  }
}

extension Image {
  /// The middle part of a shape's size; the picture itself if it has that size.
  package func center(of shape: PixelShape) -> Image {
    if width == shape.width, height == shape.height { return self }
    return cropped(
      x: (width - shape.width) / 2, y: (height - shape.height) / 2, width: shape.width,
      height: shape.height)
  }
}
