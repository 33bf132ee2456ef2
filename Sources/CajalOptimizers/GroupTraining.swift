/// The training settings of a parameter group.
public struct GroupTraining: Sendable, Hashable, Codable {
  /// The update rule with schedule, clipping and decay; `nil` leaves the parameters as they are.
  public var optimizer: Optimizer?
  /// Decay of the moving average of the parameters that evaluation and decoding use; 0 keeps none.
  public var averageDecay: Double

  /// A group that is trained.
  public init(_ optimizer: Optimizer, averageDecay: Double = 0) {
    self.optimizer = optimizer
    self.averageDecay = averageDecay
  }

  /// A group whose parameters stay as they are.
  public static let frozen = GroupTraining()

  private init() {
    optimizer = nil
    averageDecay = 0
  }
}
