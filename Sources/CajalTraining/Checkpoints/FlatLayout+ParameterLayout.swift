public import CajalLayers
public import CajalOptimizers

extension FlatLayout {
  /// The layout of a model's parameters, under their paths.
  public init(_ layout: ParameterLayout) {
    self.init(
      layout.parameters.map { ParameterSlice(name: $0.path, shape: $0.shape, offset: $0.offset) },
      count: layout.bufferCount)
  }
}
