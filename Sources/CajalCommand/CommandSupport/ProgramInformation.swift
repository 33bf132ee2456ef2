import Cajal

/// What `cajal info` says of this program and this machine.
struct ProgramInformation: Encodable {
  /// A GPU that can be computed on.
  struct GPU: Encodable {
    let device: String
    let name: String
    let memoryBytes: Int
    let computeCapability: String

    private enum CodingKeys: String, CodingKey {
      case device, name
      case memoryBytes = "memory_bytes"
      case computeCapability = "compute_capability"
    }
  }

  let version: String
  let instructionSet: String
  /// Whether CAJAL_ISA chose the instruction set.
  let isForced: Bool
  let availableInstructionSets: [String]
  let cores: Int
  let openBLASKernels: String
  let warning: String?
  let gpus: [GPU]
  /// Why there is no GPU; `nil` where there is one.
  let missingForGPUs: String?
  let problems: [String]
  /// Names of sets of hyperparameters by kind of model.
  let hyperparameterSets: [String: [String]]

  private enum CodingKeys: String, CodingKey {
    case version, cores, warning, gpus, problems
    case instructionSet = "instruction_set"
    case isForced = "instruction_set_forced"
    case availableInstructionSets = "available_instruction_sets"
    case openBLASKernels = "openblas_kernels"
    case missingForGPUs = "missing_for_gpus"
    case hyperparameterSets = "hyperparameter_sets"
  }

  init(version: String, _ devices: CUDADevices = .shared) throws {
    self.version = version
    let chosen = try InstructionSet.requested()
    instructionSet = (chosen ?? .best).rawValue
    isForced = chosen != nil
    availableInstructionSets = InstructionSet.available.map(\.rawValue)
    cores = Threads.count
    openBLASKernels = OpenBLAS.coreName
    warning = OpenBLAS.remedy(for: .best)
    (gpus, missingForGPUs) = DeviceReport.gpus(devices)
    problems = ProblemRegistry.standard.names
    hyperparameterSets = Dictionary(
      uniqueKeysWithValues: ModelRegistry.standard.kinds.map { ($0.kind, $0.setNames) })
  }

  /// The same as lines.
  var text: String {
    var lines = [
      "cajal \(version)",
      "instruction set: \(instructionSet)" + (isForced ? " (CAJAL_ISA)" : "")
        + ", available: \(availableInstructionSets.joined(separator: ", "))",
      "cores: \(cores)",
      "OpenBLAS (linear algebra in Double only): kernels for \(openBLASKernels)",
    ]
    if let warning { lines.append("warning: \(warning)") }
    lines += DeviceReport.lines()
    lines.append("problems:")
    lines += problems.map { "  \($0)" }
    lines.append("  and the same with other sizes, such as allen-brain-24to32")
    for kind in ModelRegistry.standard.kinds {
      lines.append("sets of hyperparameters of \(kind.kind):")
      lines += kind.setNames.map { "  \($0)" }
    }
    return lines.joined(separator: "\n")
  }
}
