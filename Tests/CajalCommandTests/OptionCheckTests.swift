import ArgumentParser
import Testing

@testable import CajalCommand

/// What the parser would let pass or tell badly.
@Suite struct OptionCheckTests {
  private func complaint(_ text: String) -> String? {
    let arguments = text.split(separator: " ").map(String.init)
    do {
      try CommandNameCheck.check(arguments)
      _ = try CajalCommand.prepared(arguments)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    ("train --steps 3 --data x --steps 5", "--steps"),
    ("train --steps=3 --steps=3", "--steps"),
    ("evaluate --run a --run b --data x", "--run"),
    ("predict --run=a --data x --run b -o p.png", "--run"),
    ("upsample --run a --run b x.png -o y.png", "--run"),
    ("chart --run a -o x.png --output y.png", "--output"),
    ("examples --data x -n 2 --count 3", "--count"),
    ("datagen --images x --output y --seed 1 --seed 1", "--seed"),
    ("info --hparams a --hparams b", "--hparams"),
  ])
  func anOptionGivenTwiceIsNamed(arguments: String, name: String) {
    #expect(complaint(arguments)?.contains("\(name) is given twice") == true)
  }

  @Test(arguments: [
    "chart --run a --run b -o x.png",
    "train --set a=1 --set b=2 --option c=1 --option d=2 --resume --resume",
    "datagen --evaluation-section a --evaluation-section b --images x --output y",
    "upsample --run a -o y.png -- --run --run",
    "help train", "help", "--help", "--version", "-h", "",
  ])
  func otherArgumentsPass(arguments: String) { #expect(complaint(arguments) == nil) }

  @Test(arguments: [
    ("trian", "there is no command trian; did you mean train?"),
    ("help trian", "there is no command trian; did you mean train?"),
    ("Evaluate --run x", "did you mean evaluate?"),
    ("xyzzy", "there are demo, datagen"),
    ("help xyzzy", "there are demo, datagen"),
    (
      "--data x train", "--data comes after the name of a command; did you mean cajal train --data?"
    ),
    ("--data x trian", "did you mean cajal train --data?"),
    ("--steps=3", "the commands are demo, datagen"),
  ])
  func commandsAreSuggested(arguments: String, text: String) {
    #expect(complaint(arguments)?.contains(text) == true, "\(complaint(arguments) ?? "nothing")")
  }
}
