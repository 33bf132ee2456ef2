import CajalSupport

/// Pictures `[images, positions, channels]` whose channels are normalized in groups.
package struct GroupNormGeometry: Sendable, Hashable {
  /// The number of pictures, the positions of each, and the channels of a position.
  package let images: Int, positions: Int, channels: Int
  /// The groups, of as many neighboring channels each.
  package let groups: Int

  /// A geometry; traps where the groups do not divide the channels.
  package init(images: Int, positions: Int, channels: Int, groups: Int) {
    require(
      groups > 0 && channels % groups == 0, "\(groups) groups do not divide \(channels) channels")
    self.images = images
    self.positions = positions
    self.channels = channels
    self.groups = groups
  }
}
