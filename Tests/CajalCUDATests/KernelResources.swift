import CCajalCUDA
import CajalCUDA
import CajalTensor

/// What one block of a kernel occupies, as the assembler reports it, and how a launch uses it.
struct KernelResources: Hashable {
  let kernel: String, architecture: String
  /// Registers of a thread.
  let registers: Int
  /// Bytes of shared memory of a block, those that a launch asks for included.
  let sharedBytes: Int
  /// Bytes of local memory of a thread, which is device memory, and those that are stored and
  /// loaded because registers do not suffice.
  let localBytes: Int, spilledBytes: Int
  /// Threads of a block.
  let threads: Int

  /// The blocks that a multiprocessor executes at a time.
  var blocks: Int { Multiprocessor(architecture).blocks(of: self) }

  /// The warps that a multiprocessor executes at a time, as a percentage of those it has room for.
  var occupancy: Int { 100 * blocks * ((threads + 31) / 32) / Multiprocessor(architecture).warps }
}

extension KernelResources {
  /// The kernels of a source, by the assembler's verbose log.
  static func all(of source: KernelSource, architecture: String, log: String) -> [KernelResources] {
    var result: [KernelResources] = []
    var (kernel, local, spilled) = ("", 0, 0)
    for line in log.split(separator: "\n") {
      if let match = line.firstMatch(of: /Compiling entry function '(\w+)'/) {
        kernel = String(match.1)
      } else if let match = line.firstMatch(
        of: /(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads/)
      {
        (local, spilled) = (number(match.1), number(match.2) + number(match.3))
      } else if let match = line.firstMatch(of: /Used (\d+) registers/) {
        let shared = line.firstMatch(of: /(\d+) bytes smem/).map { number($0.1) } ?? 0
        result.append(
          KernelResources(
            kernel: kernel, architecture: architecture, registers: number(match.1),
            sharedBytes: shared + (dynamicSharedBytes[kernel] ?? 0), localBytes: local,
            spilledBytes: spilled, threads: source.threads(of: kernel)))
      }
    }
    return result
  }

  private static func number(_ text: Substring) -> Int { Int(text) ?? -1 }

  /// What launches ask for, where they do: of the mixture, four warps with the restoration models'
  /// five components.
  private static let dynamicSharedBytes = {
    let width = LogisticMixtureGeometry(components: 5, channels: 3, unit: 8, logScales: -5...4)
      .width
    var bytes = [
      "cajal_logistic_mixture": 4 * Int(cajal_cuda_mixture_shared_bytes(5, Int32(width)))
    ]
    let kernels: [(String, ofGradient: Int32)] = [
      ("attention", 0), ("attention_query_gradient", 1), ("attention_key_gradients", 1),
    ]
    let numbers: [(String, bytes: Int32)] = [("tf32", 4), ("bfloat16", 2)]
    for (kernel, ofGradient) in kernels {
      for width in [32, 64] {
        for (number, numberBytes) in numbers {
          bytes["cajal_\(kernel)_\(width)_\(number)"] = Int(
            cajal_cuda_attention_shared_bytes(ofGradient, Int32(width), numberBytes))
        }
      }
    }
    return bytes
  }()
}

extension KernelSource {
  /// The threads of a kernel's launches: its launch bounds, which the emulator enforces, or what
  /// launches have that say nothing else.
  fileprivate func threads(of kernel: String) -> Int {
    for match in text.matches(of: /__launch_bounds__\((\d+)[^)]*\) (cajal_\w+)\(/)
    where match.2 == kernel {
      return Int(match.1) ?? 0
    }
    return CUDABackend.threads
  }
}

/// The limits of a multiprocessor, from NVIDIA's table of compute capabilities.
private struct Multiprocessor {
  let warps: Int, blocks: Int, sharedBytes: Int
  private let registers = 65536

  init(_ architecture: String) {
    switch architecture {
    case "sm_80": (warps, blocks, sharedBytes) = (64, 32, 164 << 10)
    case "sm_90a": (warps, blocks, sharedBytes) = (64, 32, 228 << 10)
    default: (warps, blocks, sharedBytes) = (48, 24, 100 << 10)
    }
  }

  /// Registers are handed out to warps, by 256, and to four warps at a time; shared memory by 128
  /// bytes, 1 KB more than a block asks for.
  func blocks(of kernel: KernelResources) -> Int {
    let warpsPerBlock = (kernel.threads + 31) / 32
    let registersPerWarp = (kernel.registers * 32 + 255) / 256 * 256
    let byRegisters = registers / registersPerWarp / 4 * 4 / warpsPerBlock
    let byShared = sharedBytes / ((kernel.sharedBytes + 1024 + 127) / 128 * 128)
    return min(blocks, warps / warpsPerBlock, byRegisters, byShared)
  }
}
