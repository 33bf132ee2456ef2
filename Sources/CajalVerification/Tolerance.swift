/// The largest errors that pass: norm of the difference over norm of the original.
enum Tolerance {
  static let logits = 1e-5
  static let loss = 1e-5
  static let gradient = 1e-4
  static let trainedWeights = 1e-4
}
