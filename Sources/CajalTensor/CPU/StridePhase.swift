/// The positions of an axis of a picture that the same taps of a convolution meet: every stride-th
/// one.
struct StridePhase {
  /// The first tap; the others follow at the stride.
  let offset: Int
  /// How many taps meet these positions.
  let taps: Int
  /// The position of the result that the first tap of the first of these positions belongs to.
  let first: Int
  /// The first of these positions, and how many there are.
  let firstPosition: Int, count: Int

  /// The phases of an axis.
  static func phases(of axis: ConvolutionGeometry.Axis) -> [StridePhase] {
    (0..<axis.stride).map { offset in
      // Position p is met by tap t at the result's position (p + before - t) / stride.
      let first = (max(0, axis.before - offset) + axis.stride - 1) / axis.stride
      let position = first * axis.stride + offset - axis.before
      return StridePhase(
        offset: offset, taps: (max(0, axis.kernel - offset) + axis.stride - 1) / axis.stride,
        first: first, firstPosition: position,
        count: position < axis.extent
          ? (axis.extent - 1 - position) / axis.stride + 1 : 0)
    }
  }
}
