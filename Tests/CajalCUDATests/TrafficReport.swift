import Testing

/// What a step has moved, kernel by kernel, beside what it has to.
struct TrafficReport: CustomStringConvertible {
  private struct Sum {
    var launches = 0, read = 0, written = 0
    var bytes: Int { read + written }

    mutating func add(_ movement: Movement) {
      launches += 1
      read += movement.bytesRead
      written += movement.bytesWritten
    }
  }

  private let name: String
  private let least: LeastTraffic
  private var kernels: [String: Sum] = [:]
  private var parts: [LeastTraffic.Part: Sum] = [:]
  private var all = Sum()

  init(_ name: String, _ movements: [Movement], least: LeastTraffic) {
    self.name = name
    self.least = least
    for movement in movements {
      all.add(movement)
      kernels[movement.operation, default: Sum()].add(movement)
      parts[Self.part(of: movement.operation), default: Sum()].add(movement)
    }
  }

  /// The bytes that were moved over those that have to be.
  var ratio: Double { Double(all.bytes) / Double(least.bytes) }

  /// The part of a step that an operation belongs to.
  private static func part(of operation: String) -> LeastTraffic.Part {
    let prefixes: [(LeastTraffic.Part, [String])] = [
      (.products, ["cublasLt", "cajal_matrix_product", "cajal_round_operands"]),
      (.convolutions, ["cajal_convolution", "cajal_sum_parts"]),
      (.attention, ["cajal_attention"]),
      (
        .tables,
        [
          "cajal_gather", "cajal_scatter", "cajal_sort", "cajal_merge", "cajal_add_scattered",
          "cajal_require_indices", "cajal_causal_context", "cajal_copy_rows",
          "cajal_strided_copy",
        ]
      ),
      (.losses, ["cajal_cross_entropy", "cajal_logistic_mixture"]),
      (
        .updates,
        [
          "cajal_adam", "cajal_moving_average", "cajal_sum_of_squares", "cajal_sum_doubles",
          "cajal_clipped",
        ]
      ),
    ]
    return prefixes.first { $0.1.contains { operation.hasPrefix($0) } }?.0 ?? .between
  }

  /// Two tables in Markdown: parts of the step, then kernels, those first that move the most.
  var description: String {
    func kilobytes(_ bytes: Int) -> String { "\((bytes + 512) / 1024)" }
    func cells(_ sum: Sum) -> String {
      "\(sum.launches) | \(kilobytes(sum.read)) | \(kilobytes(sum.written))"
    }
    var lines = [
      "\(name), KB", "",
      "| part | operations | read | written | least | ratio |",
      "|---|---:|---:|---:|---:|---:|",
    ]
    func line(_ name: String, _ sum: Sum, _ least: Int) -> String {
      let hundredths = (100 * sum.bytes + least / 2) / max(least, 1)
      let ratio = "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
      return "| \(name) | \(cells(sum)) | \(kilobytes(least)) | \(least > 0 ? ratio : "") |"
    }
    for part in LeastTraffic.Part.allCases where parts[part] != nil {
      lines.append(line(part.rawValue, parts[part]!, least.bytes(of: part)))
    }
    lines.append(line("all", all, least.bytes))
    lines += ["", "| operation | launches | read | written |", "|---|---:|---:|---:|"]
    let sorted = kernels.sorted {
      ($1.value.bytes, $0.key) < ($0.value.bytes, $1.key)
    }
    lines += sorted.map { "| `\($0.key)` | \(cells($0.value)) |" }
    return lines.joined(separator: "\n")
  }
}
