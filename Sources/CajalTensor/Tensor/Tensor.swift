import CajalSupport

/// A value of many numbers: a shape and contiguous, row-major elements on a device.
///
/// Copies share their elements until one of them is written to. Reshapes and leading slices share
/// them as well; everything else makes new ones. Shapes that do not fit are programming errors and
/// trap with a sentence that names them.
public struct Tensor<Scalar: TensorScalar>: Sendable {
  /// The extent along each axis.
  public let shape: Shape
  var storage: Storage
  /// Where the elements start in the storage, counted in elements.
  let offset: Int

  /// Where the elements are.
  public var device: Device { storage.device }
  /// The number of elements.
  public var count: Int { shape.count }
  /// The number of axes.
  public var rank: Int { shape.rank }

  init(shape: Shape, storage: Storage, offset: Int) {
    self.shape = shape
    self.storage = storage
    self.offset = offset
  }

  /// A tensor whose elements are undefined until a primitive writes them. Stops the program where
  /// there is no memory.
  package init(uninitialized shape: Shape, on device: Device = .cpu) {
    do {
      try self.init(allocating: shape, on: device)
    } catch {
      requirementFailure("\(error)")
    }
  }

  /// A tensor whose elements are undefined, unless there is no memory for it.
  init(allocating shape: Shape, on device: Device) throws(AllocationError) {
    let byteCount = shape.count * Scalar.scalarType.byteCount
    self.init(
      shape: shape, storage: try device.backend.allocate(byteCount: byteCount), offset: 0)
  }

  /// What primitives are given of this tensor. Written only where it is not shared.
  package var buffer: Buffer { Buffer(storage, offset: offset, scalarType: Scalar.scalarType) }
}

// MARK: - Making and reading

extension Tensor {
  // Specialized, because decoding makes and reads small tensors at every position from other
  // modules.

  /// A tensor of the given elements, in row-major order.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  @_specialize(where Scalar == Int32)
  @_specialize(where Scalar == UInt8)
  public init(_ scalars: [Scalar], shape: Shape, on device: Device = .cpu) {
    require(
      scalars.count == shape.count,
      "shape \(shape) needs \(shape.count) elements, not \(scalars.count)")
    self.init(uninitialized: shape, on: device)
    unsafe scalars.withUnsafeBytes { unsafe device.backend.upload($0, to: buffer) }
  }

  /// A vector of the given elements.
  public init(_ scalars: [Scalar], on device: Device = .cpu) {
    self.init(scalars, shape: [scalars.count], on: device)
  }

  /// A tensor without axes.
  public init(_ scalar: Scalar, on device: Device = .cpu) {
    self.init([scalar], shape: [], on: device)
  }

  /// A tensor with every element the same.
  public init(repeating value: Scalar, shape: Shape, on device: Device = .cpu) {
    if let value = value as? Float {
      self.init(Tensor<Float>(filled: shape, with: value, on: device))
    } else {
      self.init([Scalar](repeating: value, count: shape.count), shape: shape, on: device)
    }
  }

  /// The elements in row-major order, copied to the host.
  public var scalars: [Scalar] {
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    @_specialize(where Scalar == Int32)
    @_specialize(where Scalar == UInt8)
    get {
      unsafe [Scalar](unsafeUninitializedCapacity: count) { host, initialized in
        if count > 0 {
          let bytes = unsafe UnsafeMutableRawBufferPointer(
            start: host.baseAddress, count: count * MemoryLayout<Scalar>.stride)
          unsafe device.backend.download(buffer, to: bytes)
        }
        initialized = count
      }
    }
  }

  /// The only element of a tensor of one.
  public var scalar: Scalar {
    require(count == 1, "a tensor of shape \(shape) is not one number")
    return unsafe withUnsafeTemporaryAllocation(of: Scalar.self, capacity: 1) { place in
      unsafe device.backend.download(buffer, to: UnsafeMutableRawBufferPointer(place))
      return unsafe place[0]
    }
  }

  /// The same elements under another shape of the same count. Free: they are shared.
  public func reshaped(_ shape: Shape) -> Tensor {
    require(shape.count == count, "cannot reshape \(self.shape) to \(shape)")
    return Tensor(shape: shape, storage: storage, offset: offset)
  }

  /// Elements `range` of the outermost axis. Free: they are shared.
  public func sliced(_ range: Range<Int>) -> Tensor {
    require(
      rank > 0 && range.lowerBound >= 0 && range.upperBound <= shape[0],
      "cannot take \(range) of the first axis of \(shape)")
    let row = shape.elements(of: 1..<rank)
    return Tensor(
      shape: shape.replacing(axis: 0, with: range.count), storage: storage,
      offset: offset + range.lowerBound * row)
  }

  /// `count` elements of the flat sequence from `start` on, as `shape`. Free: they are shared.
  public func flatSlice(from start: Int, shape: Shape) -> Tensor {
    require(
      start >= 0 && start + shape.count <= count,
      "elements \(start) ..< \(start + shape.count) are outside of \(self.shape)")
    return Tensor(shape: shape, storage: storage, offset: offset + start)
  }

  /// The tensor with its elements on another device; itself when they are there already.
  public func copied(to device: Device) -> Tensor {
    device == self.device ? self : Tensor(scalars, shape: shape, on: device)
  }
}
