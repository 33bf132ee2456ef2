import CajalImages
import CajalTraining
import Foundation
import Testing

@testable import CajalReports

@Suite struct ReportTests {
  /// The cells of a page's table rows, and headings, by the first cell.
  private func rows(_ page: XMLDocumentReader) -> [String: [String]] {
    var rows: [String: [String]] = [:]
    var heading: String?
    for element in page.elements {
      if element.name == "th", element.attributes["scope"] == "row" {
        heading = element.text
        rows[element.text] = []
      } else if element.name == "td", let heading {
        rows[heading]?.append(element.text)
      }
    }
    return rows
  }

  @Test func numbersAreThoseOfTheLog() throws {
    let folder = try TemporaryFolder()
    let run = try folder.writeRun("runs/a", count: 40)
    let page = XMLDocumentReader(Report(try RecordedRun.runs(contentsOf: [run])).html)
    #expect(page.failure == nil)
    let records = try TrainingLog.records(contentsOf: run + "/log.jsonl")
    let rows = rows(page)
    // 40 steps in the table of images per second, which is the last with steps, and of losses.
    for record in records where record.kind == "train" {
      let cells = try #require(rows[Numeral.short(Double(record.step))])
      #expect(cells == [Numeral.short(try #require(record["images_per_second"]))])
    }
    let overview = try #require(rows["a"])
    #expect(overview[..<5] == ["m", "400 of 900", "20 s", "2.075", "2.075"])
    #expect(overview[5] == "2.325" && overview[6] == "400")

    let chart = try #require(LossChart(try RecordedRun.runs(contentsOf: [run]))).chart
    #expect(chart.series.map(\.name).first == "training")
    let losses = records.filter { $0.kind == "train" }.compactMap { $0["loss"] }
    #expect(chart.series[0].points.map(\.y) == losses)
    #expect(chart.series[0].points.map(\.x) == (1...40).map { Double(10 * $0) })
    let correlation = try #require(Statistics.autocorrelation(losses))
    let shown = String(format: "%.3f", (correlation * 1000).rounded(.down) / 1000)
    #expect(chart.series[1].name == "training, smoothed, ac=\(shown)")
    #expect(chart.series[2].points.map(\.x) == [100, 200, 300, 400])
    let time = try #require(LossChart(try RecordedRun.runs(contentsOf: [run]), over: .time)).chart
    #expect(time.series[0].points.map(\.x) == (1...40).map { 0.5 * Double($0) })
    #expect(time.series[2].points.map(\.x) == [5, 10, 15, 20] && time.xLabel == "time (s)")
  }

  /// Each process counts its seconds from zero.
  @Test func timesOfProcessesAddUp() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      [(10, 5.0), (20, 9), (30, 2), (40, 4)].map { step, seconds in
        "{\"kind\":\"train\",\"loss\":1,\"seconds\":\(seconds),\"step\":\(step)}\n"
      }.joined(), to: "log.jsonl")
    let run = try RecordedRun(contentsOf: folder.path)
    #expect(run.losses(.training)?.measurements.seconds == [5, 9, 11, 13])
  }

  /// Names and values of any content are text, not markup.
  @Test func everythingIsEscaped() throws {
    let folder = try TemporaryFolder()
    let hostile = "<script>alert(1)</script>\"'&amp;\u{1}"
    let json = String(
      decoding: try JSONEncoder().encode([hostile: hostile, "model": "x]]>"]), as: UTF8.self)
    let name = "a\"b<i>&"
    let run = try folder.writeRun(name, count: 3, configuration: json)
    try folder.write(
      "{\"kind\":\"train\",\"<b>\":1,\"step\":40}\nbroken <u>\n", to: name + "/log.jsonl")
    try folder.write("{\"methods\":[{\"name\":\"<b>\",\"psnr\":1}]}", to: name + "/evaluation.json")
    try folder.write("no picture <b>", to: name + "/panels/step-00000010.png")
    let html = Report([try RecordedRun(contentsOf: run)], title: hostile).html
    let page = XMLDocumentReader(html)
    #expect(page.failure == nil)
    for element in ["script", "i", "b", "u"] { #expect(page.elements(element).isEmpty) }
    #expect(page.elements("h1")[0].text == hostile.replacing("\u{1}", with: "\u{FFFD}"))
    #expect(page.elements("li").contains { $0.text.contains("are left out: 2") })
    #expect(page.elements("li").contains { $0.text.contains("step-00000010.png") })
  }

  /// What screen readers and keyboards need.
  @Test func pagesAreAccessible() throws {
    let folder = try TemporaryFolder()
    let paths = [
      try folder.writeRun("a", count: 100),
      try folder.writeRun("b", count: 80, configuration: #"{"model":{"kind":"n"}}"#),
    ]
    let picture = try Image(width: 4, height: 3, channels: 1, filledWith: 9).pngData()
    try folder.write(picture, to: "a/panels/step-00000010.png")
    let html = Report(try RecordedRun.runs(contentsOf: paths)).html
    let page = XMLDocumentReader(html)
    #expect(page.failure == nil)
    let identifiers = page.elements.compactMap { $0.attributes["id"] }
    #expect(Set(identifiers).count == identifiers.count)
    for element in page.elements {
      for label in element.attributes["aria-labelledby"]?.split(separator: " ") ?? [] {
        #expect(identifiers.contains(String(label)))
      }
      let address = element.attributes["href"] ?? "#"
      #expect(
        address.hasPrefix("#")
          && (address == "#" || identifiers.contains(String(address.dropFirst()))))
    }
    let charts = page.elements("svg").filter { $0.attributes["class"] == "plot" }
    #expect(charts.count == 4 && charts.allSatisfy { $0.attributes["role"] == "img" })
    #expect(page.elements("title").count == 5 && page.elements("desc").count == 4)
    #expect(
      page.elements("details").count == 5
        && page.elements("th").allSatisfy { $0.attributes["scope"] != nil })
    #expect(page.elements("img").map { $0.attributes["alt"] } == ["predictions of a at step 10"])
    #expect(page.elements("img")[0].attributes["width"] == "4")
    #expect(page.elements("h1").count == 1 && page.elements("main").count == 1)
    // Curves of two runs differ in more than their color.
    let classes = Set(page.elements("path").compactMap { $0.attributes["class"] })
    #expect(classes.contains("curve line s0") && classes.contains("curve line s1 d1"))
    #expect(Set(page.elements("use").compactMap { $0.attributes["href"] }) == ["#m0", "#m1"])
    let differing = page.elements("td").filter {
      $0.attributes["class"]?.contains("differs") == true
    }
    #expect(differing.map(\.text) == ["≠ n", "≠ not set"])
    #expect(!html.contains("http://") || html.matches(of: /http:\/\/(?!www\.w3\.org)/).isEmpty)
    #expect(!html.contains("https:") && page.elements("script").isEmpty)
  }

  /// Colors can be told from their background: 4.5 for text, 3 for curves.
  @Test func colorsHaveContrast() {
    func luminance(_ color: String) -> Double {
      let value = Int(color.dropFirst(), radix: 16) ?? 0
      let parts = [value >> 16, value >> 8 & 255, value & 255].map { part -> Double in
        let share = Double(part) / 255
        return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
      }
      return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
    func contrast(_ a: String, _ b: String) -> Double {
      let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05)
      return max(a, b) / min(a, b)
    }
    for color in ChartStyle.colors {
      #expect(contrast(color.light, ChartStyle.paper.light) >= 4.5, "\(color)")
      #expect(contrast(color.dark, ChartStyle.paper.dark) >= 4.5, "\(color)")
    }
    for text in [ChartStyle.ink, ChartStyle.softInk] {
      #expect(contrast(text.light, ChartStyle.paper.light) >= 4.5)
      #expect(contrast(text.dark, ChartStyle.paper.dark) >= 4.5)
    }
  }

  /// A long log makes a small page, whose tables and curves have its one peak.
  @Test func longLogsAreThinned() throws {
    let folder = try TemporaryFolder()
    let run = try folder.writeRun("long", count: 20_000) { number in
      number == 15_001
        ? .nan : 1.5 + 0.2 * Double(number * 7919 % 1000) / 1000 + (number == 9000 ? 3 : 0)
    }
    let report = Report(try RecordedRun.runs(contentsOf: [run]))
    let page = XMLDocumentReader(report.html)
    #expect(page.failure == nil && report.html.utf8.count < 500_000)
    #expect(page.elements("p").contains { $0.text.hasSuffix("gaps in the curves: 1.") })
    #expect(page.elements("td").contains { $0.text.hasSuffix("to 4.5)") })
  }

  @Test func metricsOfEvaluationsAreCompared() throws {
    let folder = try TemporaryFolder()
    let run = try folder.writeRun("a", count: 5)
    try folder.write(
      """
      {"nats":1.25,"decoding":"mean","step":50,"coverage":[{"probability":0.5,"share":0.49}],
      "gain_over_lanczos":{"psnr":2.125},
      "methods":[{"name":"model","psnr":31.25,"ssim":null},{"name":"lanczos3","psnr":29}]}
      """, to: "a/evaluation.json")
    try folder.write("{", to: "a/evaluation-broken.json")
    let recorded = try RecordedRun(contentsOf: run)
    #expect(recorded.notes.count == 1 && recorded.notes[0].contains("evaluation-broken.json"))
    let page = XMLDocumentReader(Report([recorded]).html)
    let captions = page.elements("caption").map(\.text)
    #expect(captions.contains("a: methods") && captions.contains("a: coverage"))
    let rows = rows(page)
    #expect(rows["lanczos3"] == ["29", ""] && rows["gain over lanczos: PSNR (dB)"] == ["2.125"])
  }

  @Test func missingRunsAreNamed() throws {
    let folder = try TemporaryFolder()
    func message(_ path: String) -> String {
      do {
        _ = try RecordedRun(contentsOf: path)
        return ""
      } catch { return "\(error)" }
    }
    #expect(message(folder.path + "/none").contains("there is no such folder"))
    #expect(message(folder.path).contains("neither a log.jsonl nor event files"))
    let picture = try folder.write("no event file", to: "other/picture.png")
    #expect(message(picture).contains("it is not an event file of TensorBoard"))
    _ = try folder.writeRun("runs/a", count: 1)
    // A run that has only begun.
    try folder.write("{\"steps\":9}", to: "begun/config.json")
    let begun = try RecordedRun(contentsOf: folder.path + "/begun")
    #expect(!begun.hasLosses && RunSummary(begun).steps == 9)
    #expect(XMLDocumentReader(Report([begun]).html).failure == nil)
    try FileManager.default.removeItem(atPath: folder.path + "/begun")
    #expect(message(folder.path).hasSuffix("below it there are \(folder.path)/runs/a"))
  }

  @Test func runsAreFoundOnceAndNamedShortly() throws {
    let folder = try TemporaryFolder()
    let paths = [
      try folder.writeRun("x/first", count: 30), try folder.writeRun("y/first", count: 3),
      try folder.writeRun("y/second/run", count: 3, configuration: "{"),
    ]
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/x/loop", withDestinationPath: folder.path)
    #expect(try RunSearch.runs(below: folder.path) == paths)
    // Event files do not hide runs below them, but have their own held-out values.
    for name in ["x/events.out.tfevents.1.h", "x/eval/events.out.tfevents.1.h"] {
      try folder.write("", to: name)
    }
    #expect(try RunSearch.runs(below: folder.path) == [folder.path + "/x"] + paths)
    let runs = try RecordedRun.runs(contentsOf: paths)
    #expect(runs.map(\.name) == ["x/first", "y/first", "second/run"])
    let summary = RunSummary(runs[0])
    #expect(summary.step == 300 && summary.steps == 900 && summary.model == "m")
    #expect(summary.lastLoss == 2.1 && summary.bestHeldOutStep == 300 && summary.seconds == 15)
    #expect(summary.updated.map { abs($0.timeIntervalSinceNow) < 3600 } == true)
    #expect(runs[2].notes.count == 1 && RunSummary(runs[2]).steps == nil)
  }
}
