/// The colors, dashes and markers of curves, and the style sheet of charts.
enum ChartStyle {
  /// The number of colors, and of dashes and markers.
  static let count = 8

  /// The colors of curves on a light and on a dark background, each with a contrast of at least 3
  /// to its background and told apart with any color vision, together with dashes and markers.
  static let colors: [(light: String, dark: String)] = [
    ("#0066a8", "#5ab4f0"), ("#c04a00", "#ff9248"), ("#007a55", "#3ccf9f"),
    ("#9c3a80", "#ec93c8"), ("#7f5a00", "#e0b040"), ("#5a4fcf", "#aaa4ff"),
    ("#4a4a4a", "#cfcfcf"), ("#b02a2a", "#ff8078"),
  ]

  /// The lengths of dashes and gaps; none for the first look.
  private static let dashes = ["", "9 4", "3 3", "12 3 3 3", "6 2", "16 5", "2 5", "10 3 2 3 2 3"]

  /// The outlines of markers, of about 8 pixels, around 0.
  static let markers = [
    "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z", "M-3.2-3.2h6.4v6.4h-6.4z",
    "M0-4.2L4 3.2H-4z", "M0-4.6L4.4 0L0 4.6L-4.4 0z", "M0 4.2L4-3.2H-4z",
    "M-1.3-4.2h2.6v2.9h2.9v2.6h-2.9v2.9h-2.6v-2.9h-2.9v-2.6h2.9z",
    "M-3.8-3.8L3.8 3.8M-3.8 3.8L3.8-3.8", "M-4-1.6h8v3.2h-8z",
  ]

  /// The color of a look, and its dashes and marker: with the same color again, others.
  static func parts(ofLook look: Int) -> (color: Int, form: Int) {
    (look % count, (look + look / count) % count)
  }

  /// The definitions that curves with markers refer to.
  static var definitions: Markup {
    let paths = markers.enumerated().map { number, path -> Markup in
      "<path id=\"m\(number)\" stroke-width=\"1.5\" d=\"\(path)\"/>"
    }
    return "<defs>\(paths)</defs>"
  }

  /// Background and text of charts and pages.
  static let paper = (light: "#ffffff", dark: "#14171a")
  static let ink = (light: "#1c1f23", dark: "#e6e8ea")
  static let softInk = (light: "#565c63", dark: "#a9b0b7")
  static let grid = (light: "#e3e6e9", dark: "#33393f")

  /// The style sheet: plain values, since programs other than browsers do not know variables.
  static let sheet: String = {
    func rules(_ color: (((light: String, dark: String)) -> String)) -> String {
      colors.enumerated().map { number, pair in
        ".s\(number){stroke:\(color(pair))}.k\(number){stroke:\(color(pair));fill:\(color(pair))}"
      }.joined() + ".grid{stroke:\(color(grid))}.axis{stroke:\(color(softInk))}"
        + ".tick{fill:\(color(softInk))}.label{fill:\(color(ink))}.paper{fill:\(color(paper))}"
    }
    let dashRules = dashes.enumerated().dropFirst().map { ".d\($0){stroke-dasharray:\($1)}" }
    return """
      svg{font:12px system-ui,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
      .curve{fill:none;stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke}
      .raw{stroke-width:1;opacity:.5}.line{stroke-width:2}.points{stroke-width:1.2}
      .grid,.axis{stroke-width:1;vector-effect:non-scaling-stroke}
      \(dashRules.joined())
      \(rules { $0.light })
      @media (prefers-color-scheme:dark){\(rules { $0.dark })}
      """
  }()
}
