import CajalImages
import Testing

@Suite struct CodecTests {
  @Test func everySmallPNGSurvivesTheRoundTrip() throws {
    var generator = SplitMix64(seed: 1)
    for width in 1...9 {
      for height in 1...9 {
        for channels in [1, 3] {
          let image = Image.random(
            width: width, height: height, channels: channels, using: &generator)
          #expect(try Image(decoding: image.pngData()) == image)
        }
      }
    }
  }
}
