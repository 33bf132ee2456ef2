import Cajal

let problem = AllenBrain.dim8to32
let data = try problem.generateData(from: .images(in: "sections"), to: "data/sections")
let model = try RestorationModel(.base, for: data.problem, seed: 1)
let trainer = Trainer(model: model, steps: 10_000, run: "runs/first")
let history = try trainer.fit(
  data, steps: 10_000, resume: .ifPresent,
  observers: [ProgressLines(every: 100) { print($0) }])  // step, loss, pace

let small = try Image(contentsOf: "small.png")  // of any size
let large = try history.model.upsample(small)  // four times as large
try large.write(to: "large.png")
