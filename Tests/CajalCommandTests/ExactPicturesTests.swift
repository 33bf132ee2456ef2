import Cajal
import Foundation
import Testing

/// Pictures that a filter enlarges without any error.
@Suite struct ExactPicturesTests {
  @Test func evaluationsOfThemStayNumeric() throws {
    let work = try Workspace()
    let flat = try work.folder.makeFolder("flat")
    for value in [40, 90] as [UInt8] {
      try Image(width: 64, height: 64, channels: 3, filledWith: value)
        .write(to: "\(flat)/\(value).png")
    }
    let data = work.path + "/flat-data"
    let made = try CajalProcess.run([
      "datagen", "--images", flat, "--output", data, "--option", "tissue=everything",
      "--evaluation-section", "90.png",
    ])
    try #require(made.status == 0, "\(made.errors)")
    try work.train()
    let evaluate =
      ["evaluate", "--run", work.run, "--data", data, "--examples", "2"]
      + ["--decoding", "zero-target"]
    let outcome = try CajalProcess.run(evaluate + ["--json"])
    try #require(outcome.status == 0, "\(outcome.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    let methods = try #require((object as? [String: Any])?["methods"] as? [[String: Any]])
    #expect(!outcome.output.contains("inf"))
    for method in methods {
      let isModel = method["name"] as? String == "model"
      #expect(method["exact_count"] as? Int == (isModel ? 0 : 2))
      #expect(isModel ? method["psnr"] is NSNumber : method["psnr"] is NSNull)
      #expect(method["mean_squared_error"] is NSNumber)
    }
    let table = try CajalProcess.run(evaluate)
    #expect(
      table.output.contains(
        /method +PSNR \(dB\) +mean PSNR +SSIM +SWD +LSD \(dB\) +inputs +exact\n/))
    #expect(table.output.contains(/nearest +inf +78\.13 +1\.0000 +0\.00 +0\.00 +100 % +2\n/))
  }
}
