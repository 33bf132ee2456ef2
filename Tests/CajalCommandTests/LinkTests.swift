import Cajal
import Foundation
import Testing

/// Folders to write that are links, to what is there and to what is not yet.
@Suite struct LinkTests {
  private func link(_ path: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
  }

  @Test func dataAndRunsBehindLinks() throws {
    let workspace = try Workspace()
    for (name, target) in [("there", "made"), ("missing", "not/yet")] {
      if name == "there" { _ = try workspace.folder.makeFolder(target) }
      let output = workspace.path + "/data-" + name
      try link(output, to: target)
      let made = try CajalProcess.run([
        "datagen", "--images", workspace.sections, "--output", output, "--option",
        "tissue=everything", "--evaluation-section", "section-3.png",
      ])
      #expect(made.status == 0, "\(made.errors)")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: output) == target)
      #expect(try Dataset(at: workspace.path + "/" + target).summary.sections.count == 3)
    }

    let run = workspace.path + "/run-link"
    try link(run, to: "runs/first")
    let trained = try CajalProcess.run(workspace.training(run, steps: 1))
    #expect(trained.status == 0, "\(trained.errors)")
    #expect(!(try Workspace.checkpoint(workspace.path + "/runs/first", step: 1)).isEmpty)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: run) == "runs/first")
  }
}
