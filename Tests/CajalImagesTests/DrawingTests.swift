@testable import CajalImages
import Testing

@Suite struct DrawingTests {
  @Test func panelsShowEveryPixelOfTheirPictures() {
    var generator = SplitMix64(seed: 13)
    let small = Image.random(width: 2, height: 2, channels: 1, using: &generator)
    let large = Image.random(width: 8, height: 8, channels: 3, using: &generator)
    var panel = Panel(columns: ["", ""], zoom: 3, spacing: 5)
    panel.addRow([small, large])
    let drawn = panel.rendered()
    #expect((drawn.width, drawn.height) == (3 * 5 + 2 * 24, 2 * 5 + 24))
    for y in 0..<24 {
      for x in 0..<24 {
        for channel in 0..<3 {
          #expect(drawn[5 + x, 5 + y, channel] == small[x / 12, y / 12, 0])
          #expect(drawn[34 + x, 5 + y, channel] == large[x / 3, y / 3, channel])
        }
      }
    }
    #expect(drawn[0, 0, 0] == 255)
  }

  @Test func textMakesRoom() {
    let image = Image(width: 4, height: 4, channels: 1)
    var plain = Panel(columns: [""])
    plain.addRow([image])
    var titled = Panel(columns: ["a title that is wider than the picture"])
    titled.addRow([image], label: "row", captions: ["31.4 dB"])
    #expect(titled.rendered().width > plain.rendered().width)
    #expect(titled.rendered().height > plain.rendered().height)
    #expect(Panel(columns: ["nothing yet"]).rendered().height > 0)
  }
}
