import Cajal

/// A problem of one's own: make blurred pictures sharp again.
struct Sharpen: Problem {
  let name = "sharpen"
  let inputShape = PixelShape(square: 16)
  let targetShape = PixelShape(square: 16)

  func example(from crop: Image, using random: inout RandomStream) -> Example {
    let small = crop.averaged(factor: 2)
    return Example(
      input: small.resized(width: 16, height: 16, filter: .bilinear), target: crop)
  }
}
