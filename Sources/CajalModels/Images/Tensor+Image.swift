import CajalSupport
public import CajalImages
public import CajalTensor

extension Tensor<UInt8> {
  /// The values of a picture, `[height, width, channels]`, 0 to 255.
  public init(_ image: Image, on device: Device = .cpu) {
    self.init(image.pixels, shape: [image.height, image.width, image.channels], on: device)
  }
}

extension Tensor<Float> {
  /// The values of a picture, `[height, width, channels]`, with 0 and 255 at the ends of `range`.
  public init(
    _ image: Image, in range: ClosedRange<Float> = 0...1, on device: Device = .cpu
  ) {
    self.init(
      values: image.pixels, shape: [image.height, image.width, image.channels], maximum: 255,
      range, device)
  }

  /// The values of a picture, `[height, width, channels]`, with 0 and the largest value of its
  /// depth at the ends of `range`.
  public init(
    _ image: DeepImage, in range: ClosedRange<Float> = 0...1, on device: Device = .cpu
  ) {
    self.init(
      values: image.values, shape: [image.height, image.width, image.channels],
      maximum: Float(image.maximum), range, device)
  }

  private init<Value: BinaryInteger>(
    values: [Value], shape: Shape, maximum: Float, _ range: ClosedRange<Float>, _ device: Device
  ) {
    let width = range.upperBound - range.lowerBound
    self.init(
      values.map { range.lowerBound + Float($0) / maximum * width }, shape: shape, on: device)
  }
}

extension Image {
  /// The picture of values `[height, width, channels]` or `[height, width]` from 0 to 255. There
  /// are 1 or 3 channels and at least one row and column.
  public init(_ values: Tensor<UInt8>) {
    let (height, width, channels) = extents(values.shape)
    self.init(width: width, height: height, channels: channels, pixels: values.scalars)
  }

  /// The picture of values `[height, width, channels]` or `[height, width]`: the ends of `range`
  /// become 0 and 255, values between the nearest of these numbers, values beyond the nearer end,
  /// and NaN 0. There are 1 or 3 channels and at least one row and column.
  public init(_ values: Tensor<Float>, in range: ClosedRange<Float> = 0...1) {
    let (height, width, channels) = extents(values.shape)
    self.init(
      width: width, height: height, channels: channels,
      pixels: values.scalars.map { UInt8(level(of: $0, in: range, maximum: 255)) })
  }
}

extension DeepImage {
  /// The picture of `bitDepth` 8 or 16 of values as ``Image/init(_:in:)`` takes them.
  public init(
    _ values: Tensor<Float>, in range: ClosedRange<Float> = 0...1, bitDepth: Int = 16
  ) {
    let (height, width, channels) = extents(values.shape)
    let maximum: Float = bitDepth == 16 ? 65535 : 255
    self.init(
      width: width, height: height, channels: channels, bitDepth: bitDepth,
      values: values.scalars.map { UInt16(level(of: $0, in: range, maximum: maximum)) })
  }
}

private func extents(_ shape: Shape) -> (height: Int, width: Int, channels: Int) {
  require(
    shape.rank == 2 || shape.rank == 3 && (shape[2] == 1 || shape[2] == 3),
    "\(shape) is neither [height, width] nor [height, width, 1 or 3]")
  return (shape[0], shape[1], shape.rank == 3 ? shape[2] : 1)
}

private func level(of value: Float, in range: ClosedRange<Float>, maximum: Float) -> Float {
  let position = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
  let level = (position * maximum).rounded(.toNearestOrEven)
  return level.isNaN ? 0 : min(max(level, 0), maximum)
}
