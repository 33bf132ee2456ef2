/// The random streams of this module, for ``RandomKey``.
enum DataStream: UInt32 {
  /// The choice of evaluation sections.
  case split = 0xDA7A_0001
  /// The order of tiles across the shards.
  case shards = 0xDA7A_0002
  /// The order of tiles in an epoch; the step is the epoch.
  case order = 0xDA7A_0003
  /// Crop, orientation and the problem's own random choices; the step is the example's number.
  case trainingExample = 0xDA7A_0004
  /// The problem's own choices in evaluation; the step is the example's index.
  case evaluationExample = 0xDA7A_0005
  /// The order of the evaluation examples.
  case evaluationOrder = 0xDA7A_0007
  /// The tiles of a contact sheet.
  case contactSheet = 0xDA7A_0008
  /// Synthetic tissue.
  case tissue = 0xDA7A_0006
}
