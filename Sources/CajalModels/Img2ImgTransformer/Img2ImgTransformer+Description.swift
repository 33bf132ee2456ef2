import CajalAutodiff
import CajalSupport
import CajalLayers
import CajalTensor

extension Img2ImgTransformer: CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// A few lines: the sizes of the pictures, the number of parameters, and how many of them each
  /// part has.
  public var description: String {
    let width = max(parts.map(\.name.count).max() ?? 0, 1)
    let lines = parts.map { part in
      "  " + part.name.padded(to: width) + "  \(part.count)"
    }
    return ([summary] + lines).joined(separator: "\n")
  }

  /// One line, for a model in a larger value.
  public var debugDescription: String { summary }

  /// No children: weights and layers would print hundreds of kilobytes.
  public var customMirror: Mirror { Mirror(self, children: [:]) }

  private var summary: String {
    """
    Img2ImgTransformer from \(inputRows)×\(inputColumns)×\(channels) to \
    \(targetLength)×\(targetLength)×\(channels), \(layout.parameterCount) parameters
    """
  }

  /// The parameters by part, in the order of their declaration: embeddings, encoder, decoder and so
  /// on.
  private var parts: [(name: String, count: Int)] {
    var parts: [(name: String, count: Int)] = []
    for parameter in layout.parameters {
      let name = Self.part(of: parameter.path)
      if let index = parts.firstIndex(where: { $0.name == name }) {
        parts[index].count += parameter.shape.count
      } else {
        parts.append((name, parameter.shape.count))
      }
    }
    return parts
  }

  private static func part(of path: String) -> String {
    let components = path.split(separator: "/").map(String.init)
    let name = components.first == "body" && components.count > 1 ? components[1] : components[0]
    switch name {
    case "identity_modality": return "embeddings"
    case "output_conv": return "output"
    case "enc_pos", "dec_pos": return "positions"
    default: break
    }
    if name.hasPrefix("encoder_layer") { return "encoder" }
    return name.hasPrefix("decoder_layer") ? "decoder" : "closing norms"
  }
}
