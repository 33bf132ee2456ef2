/// Which random sequence serves which purpose: no two uses share numbers.
public enum RandomStreams {
  /// First values of parameters; the step is the parameter's number.
  public static let initialization: UInt32 = 1
  /// Decoding by sampling; the step is the image's number, the element the position.
  public static let sampling: UInt32 = 2
  /// The pixels that a step looks at; the step is that of the batch.
  public static let pixels: UInt32 = 3
  /// The pixels whose neighbors see them changed; the step is that of the batch.
  public static let contextNoise: UInt32 = 4
  /// Codes of adversarial fine-tuning: those of a batch, whose step it is, and of prediction, where
  /// the step is the picture's number.
  public static let codes: UInt32 = 5
  /// The first of the streams for dropout, one for each place in a model.
  public static let dropout: UInt32 = 0x1000
}
