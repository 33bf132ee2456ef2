import Cajal
import Foundation
import Testing

/// Every option does something or is refused by its name.
@Suite struct OptionUseTests {
  private func check(_ arguments: [String], _ parts: String...) throws {
    let outcome = try CajalProcess.run(arguments)
    let what = "cajal \(arguments.joined(separator: " ")): \(outcome.errors)"
    #expect(outcome.status == 2 && outcome.errorLines.count == 1, "\(what)")
    for part in parts { #expect(outcome.errors.contains(part), "\(part) in \(what)") }
  }

  @Test(arguments: [
    ["--manifest", "m"], ["--tile-size", "64"], ["--evaluation-section", "a"],
    ["--evaluation-fraction", "0.05"], ["--seed", "0"], ["--training-shards", "10"],
    ["--evaluation-shards", "1"], ["--tile-format", "png"], ["--maximum-pixels", "9"],
    ["--option", "tile_size=64"], ["--ids", "i"], ["--cache", "c"], ["--quality", "3"],
    ["--microns-per-pixel", "1"], ["--exclude-section", "a"], ["--set", "a"],
  ]) func shardsAreTakenAsTheyAre(option: [String]) throws {
    let name = option[0] == "--option" ? "--option tile_size" : option[0]
    try check(["datagen", "--shards", "x"] + option, "cajal: \(name) ")
  }

  @Test func optionsOfOneSource() throws {
    try check(
      ["datagen", "--download", "--manifest", "m", "--output", "y"], "--manifest is for --images")
    let images = ["datagen", "--images", "x", "--output", "y"]
    try check(
      images + ["--tile-size", "32", "--option", "tile_size=64"],
      "--tile-size and --option tile_size say the same")
    try check(
      images + ["--evaluation-section", "a", "--evaluation-fraction", "0.5"],
      "--evaluation-fraction is for sections that are drawn")
    try check(["examples", "--data", "x", "-o", "x.png", "--seed", "1"], "--seed needs --training")
    try check(["examples", "--data", "x", "-o", "x.png", "--step", "1"], "--step needs --training")
    try check(["demo", "--steps", "1", "--minutes", "1"], "--steps or --minutes")
  }

  @Test func nothingIsSaidTwice() throws {
    let images = ["datagen", "--images", "x", "--output", "y"]
    try check(
      images + ["--problem", "allen-brain-8to32", "--problem", "allen-brain-4to16"],
      "--problem is given twice, as allen-brain-8to32 and as allen-brain-4to16")
    try check(images + ["-o", "z"], "--output is given twice, as y and as z")
    try check(images + ["--output=z"], "--output is given twice, as y and as z")
    try check(
      images + ["--option", "tissue=everything", "--option", "tissue=luma_deviation:3"],
      "option tissue is given twice")
    let train = ["train", "--data", "x", "--run", "y", "--steps", "5"]
    try check(train + ["--steps", "0"], "--steps is given twice, as 5 and as 0")
    try check(train + ["--steps", "5"], "--steps is given twice; give it once")
    // What may be repeated still may.
    let repeated = images + ["--evaluation-section", "a"]
    try check(repeated + ["--evaluation-section", "b"], "cannot list x")
  }

  /// A negative number is a value, and what is wrong with it is said.
  @Test(arguments: [
    ("train --data x --run y --steps -5", "--steps is at least 1, not -5"),
    ("train --data x --run y --steps 5 --keep -1", "--keep is at least 1, not -1"),
    ("train --data x --run y --steps 5 --seed -1", "a seed is a whole number from 0"),
    ("train --data x --run y --steps 5 --seed=-1", "a seed is a whole number from 0"),
    ("datagen --images x --output y --seed -1", "a seed is a whole number from 0"),
    ("datagen --images x --output y --evaluation-fraction -.5", "less than 1, not -0.5"),
    ("datagen --download --output y --dataset -7", "not -7"),
    ("examples --data x -o x.png -n -2", "-n is from 1 to 64, not -2"),
    ("predict --run x --data y -o x.png --index -3", "--index is at least 0, not -3"),
    ("upsample --run x in.png -o x.png --decoding sample --temperature -1e3", "not -1000.0"),
    ("demo --minutes -2.5", "--minutes is more than 0 and at most 1440, not -2.5"),
    ("train --data --run y --steps 5", "Missing value for '--data"),
  ]) func negativeNumbers(line: String, part: String) throws {
    try check(line.split(separator: " ").map(String.init), part)
  }

  /// The largest number that an option takes is no trap.
  @Test func manyPixels() throws {
    let work = try Workspace()
    let arguments = [
      "datagen", "--images", work.sections, "--output", work.path + "/other",
      "--option", "tissue=everything", "--maximum-pixels",
    ]
    let made = try CajalProcess.run(arguments + ["\(1 << 40)"])
    #expect(made.status == 0 && !made.wasKilled, "\(made.errors)")
    try check(arguments + ["\(Int.max)"], "--maximum-pixels is at most 1099511627776")
  }

  /// A folder that has the tiles already would not take note of other options.
  @Test func optionsOfDataThatAreThere() throws {
    let work = try Workspace()
    let again = [
      "datagen", "--images", work.sections, "--output", work.data, "--option", "tissue=everything",
      "--evaluation-section", "section-3.png",
    ]
    #expect(try CajalProcess.run(again).status == 0)
    try check(
      again + ["--option", "normalization=training_set"],
      "--option normalization=training_set: ", "with normalization=none", "--overwrite")
    let made = try CajalProcess.run(
      again + ["--option", "normalization=training_set", "--overwrite"])
    #expect(made.status == 0, "\(made.errors)")
    #expect(try Dataset(at: work.data).problem.normalization?.range != nil)
    try check(
      again + ["--option", "color_space=stain", "--overwrite"], "only one dye", "color_space=grey")
  }

  /// The description of shards goes where it is asked for, and is replaced when that is asked for.
  @Test func descriptionsOfShards() throws {
    let folder = try TemporaryFolder()
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
    let shards = folder.path + "/shards"
    try FileManager.default.copyItem(
      atPath: package.path + "/CajalProblemsTests/TensorFlow/made_by_tensorflow", toPath: shards)
    let names = try FileManager.default.contentsOfDirectory(atPath: shards).sorted()
    let output = folder.path + "/described"
    let apart = ["datagen", "--shards", shards, "--output", output]
    let described = try CajalProcess.run(apart)
    #expect(described.status == 0, "\(described.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: shards).sorted() == names)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: output).sorted()
        == ["contact-sheet.png", "dataset.json"])
    let drawn = try CajalProcess.run([
      "examples", "--data", output, "-n", "1", "-o", folder.path + "/examples.png",
    ])
    #expect(drawn.status == 0, "\(drawn.errors)")
    try check(apart, "it holds a data set already", "or --overwrite replaces them")
    #expect(try CajalProcess.run(apart + ["--overwrite"]).status == 0)
    let beside = ["datagen", "--shards", shards]
    #expect(try CajalProcess.run(beside).status == 0)
    try check(beside, "it is a data set already", "or --overwrite describes the shards again")
    #expect(try CajalProcess.run(beside + ["--overwrite"]).status == 0)
  }
}
