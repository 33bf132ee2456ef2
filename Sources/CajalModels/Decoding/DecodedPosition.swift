import CajalTensor

/// The values chosen at one position of several pictures.
struct DecodedPosition {
  /// The codes that the following positions are predicted from, `[pictures, valuesPerPosition]`.
  let codes: Tensor<Int32>
  /// The values of the pictures, of the same shape.
  let values: Tensor<Int32>
}
