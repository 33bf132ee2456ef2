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

  @Test func curvesArePlacedByTheirValues() {
    var chart = LineChart(title: "", width: 400, height: 300)
    let green = Color(red: 0, green: 200, blue: 0)
    chart.addSeries("", x: [0, 1], y: [1, 1], color: green)
    chart.yRange = 0...2
    let drawn = chart.rendered()
    let rows = (0..<300).filter { drawn[200, $0, 1] == 200 && drawn[200, $0, 0] == 0 }
    #expect(!rows.isEmpty && rows.count <= 3)
    // Halfway up the plot, which leaves more room below for labels than above.
    #expect(rows.allSatisfy { (90...160).contains($0) })
  }

  /// Every possible log is drawn: no points, one point, gaps, and values of any size.
  @Test(arguments: [
    [], [1], [3, 3, 3], [.nan], [1, .nan, 2, .infinity, 3], [1e-9, 2e-9], [-1e12, 1e12],
    [0, 0], [1e300, -1e300], [1e-300, 0], [1, 1 + 1e-15], [123_456, 123_457],
  ])
  func oddValuesAreDrawn(values: [Double]) {
    var chart = LineChart(title: "t", xLabel: "x", yLabel: "y", width: 300, height: 200)
    for name in ["a", "a name that is much too long for the picture", ""] {
      chart.addSeries(name, x: values.indices.map { Double($0) }, y: values)
    }
    chart.addSeries("values across", x: values, y: values)
    #expect(chart.rendered().width == 300)
  }

  @Test func numbersOnAxesAreShort() throws {
    let cases: [(ClosedRange<Double>, [String])] = [
      (0...5, ["0", "1", "2", "3", "4", "5"]),
      (0...0.5, ["0", "0.1", "0.2", "0.3", "0.4", "0.5"]),
      (-1...1, ["-1.0", "-0.5", "0", "0.5", "1.0"]),
      (0...50_000, ["0", "10k", "20k", "30k", "40k", "50k"]),
      (0...2e-5, ["0", "0.5e-5", "1.0e-5", "1.5e-5", "2.0e-5"]),
    ]
    for (range, labels) in cases {
      let axis = ChartAxis(values: [], range: range, roundsOutwards: true, tickCount: 5)
      #expect(axis.ticks.map(\.label) == labels)
    }
  }
}
