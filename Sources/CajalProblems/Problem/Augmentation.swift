/// The random symmetries of training crops.
public enum Augmentation: String, Sendable, Hashable, Codable, CaseIterable {
  /// No augmentation.
  case none
  /// Each of the eight flips and rotations is equally likely; for crops that are not square, each
  /// of the four that keep their shape.
  case flipsAndRotations = "flips_and_rotations"
}
