// A client's mistake, for a test that reads what an optimized program says of it.

import CajalAutodiff
import CajalTensor

let tape = Tape()
let pictures = tape.variable(Tensor(repeating: 0, shape: [1, 8, 8, 3]))
let kernel = tape.variable(Tensor(repeating: 0, shape: [3, 3, 4, 16]))
_ = pictures.convolution2D(kernel)
