/// The blocks of a launch.
package struct Grid: Sendable, Hashable {
  /// The number of blocks along each axis; z and y are at most 65535.
  package var x: Int, y: Int, z: Int

  /// A grid.
  package init(_ x: Int, _ y: Int = 1, _ z: Int = 1) {
    self.x = x
    self.y = y
    self.z = z
  }
}
