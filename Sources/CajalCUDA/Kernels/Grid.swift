/// The blocks of a launch.
package struct Grid: Sendable, Hashable {
  /// The number of blocks along each axis; z and y are at most 65535.
  package var x: Int, y: Int, z: Int

  /// The most blocks along z, and enough along x where kernels walk any grid.
  package static let limit = 65535

  /// A grid.
  package init(_ x: Int, _ y: Int = 1, _ z: Int = 1) {
    self.x = x
    self.y = y
    self.z = z
  }
}
