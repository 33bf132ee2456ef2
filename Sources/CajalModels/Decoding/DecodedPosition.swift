import CajalTensor

/// The values chosen at one position of several pictures.
struct DecodedPosition {
  /// The codes that the following positions are predicted from, `[pictures, valuesPerPosition]`.
  let codes: Tensor<Int32>
  /// The values of the pictures, of the same shape.
  let values: Tensor<Int32>

  /// The position with the values of some pictures replaced by known ones.
  ///
  /// - Parameters:
  ///   - known: The known values of each picture; `nil` for those that are decoded here.
  ///   - bases: The values of the enlarged inputs, where the coding needs them.
  ///   - distribution: The distribution that codes are of.
  func keeping(
    _ known: [ArraySlice<Int32>?], bases: Tensor<Int32>?, _ distribution: any OutputDistribution
  ) -> DecodedPosition {
    guard known.contains(where: { $0 != nil }) else { return self }
    var chosen = distribution.values(of: codes, bases: bases).scalars
    var shown = values.scalars
    for (picture, values) in known.enumerated() {
      guard let values else { continue }
      let place = (picture * values.count)..<((picture + 1) * values.count)
      chosen.replaceSubrange(place, with: values)
      shown.replaceSubrange(place, with: values)
    }
    return DecodedPosition(
      codes: distribution.codes(of: Tensor(chosen, shape: codes.shape), bases: bases),
      values: Tensor(shown, shape: values.shape))
  }
}
