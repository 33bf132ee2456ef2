import Cajal

let problem = AllenBrain.dim8to32
let data = try problem.generateData(from: .images(in: "sections"), to: "data/sections")
let model = try Img2ImgTransformer(.cajal2DTiny, for: data.problem, seed: 1)
let trainer = Trainer(
  model: model, optimizer: model.hyperparameters.optimizer(steps: 2_000), run: "runs/first")
let history = try trainer.fit(
  data, steps: 2_000, resume: .ifPresent,
  observers: [ProgressLines(every: 10) { print($0) }])  // step, loss, pace

let small = try Image(contentsOf: "tile.png")  // 8 × 8
let large = try history.model.upsample(small)
try large.write(to: "tile@4x.png")
