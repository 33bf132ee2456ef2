internal import Foundation

extension TFTensorProto {
  /// The only number of a tensor that has one.
  var onlyNumber: Double? {
    guard tensorShape.dim.allSatisfy({ $0.size == 1 }) else { return nil }
    switch dtype {
    case .dtFloat: return floatVal.first.map(Double.init) ?? content(Float.self).map(Double.init)
    case .dtDouble: return doubleVal.first ?? content(Double.self)
    case .dtInt32: return intVal.first.map(Double.init) ?? content(Int32.self).map(Double.init)
    case .dtInt64: return int64Val.first.map(Double.init) ?? content(Int64.self).map(Double.init)
    default: return nil
    }
  }

  private func content<Value: BitwiseCopyable>(_ type: Value.Type) -> Value? {
    guard tensorContent.count == MemoryLayout<Value>.size else { return nil }
    return tensorContent.withUnsafeBytes { $0.loadUnaligned(as: Value.self) }
  }
}

extension TFSummary.Value {
  /// The number of a scalar, in the older or the newer format.
  var scalar: Double? {
    switch value {
    case .simpleValue(let number): Double(number)
    case .tensor(let tensor): tensor.onlyNumber
    default: nil
    }
  }

  /// The encoded picture, in the older or the newer format; the first of several.
  var picture: Data? {
    switch value {
    case .image(let image): return image.encodedImageString
    case .tensor(let tensor):
      // Width, height and the pictures, as texts.
      let isImages = metadata.pluginData.pluginName == "images"
      return isImages && tensor.stringVal.count > 2 ? tensor.stringVal[2] : nil
    default: return nil
    }
  }
}
