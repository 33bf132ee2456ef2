import CajalSupport
public import CajalAutodiff
import CajalTensor

/// A collective of threads of this process.
public struct ThreadCollective: Collective {
  /// The number of threads.
  public let memberCount: Int

  /// All members are local.
  public var localMembers: Range<Int> { 0..<memberCount }

  /// A collective of `memberCount` threads.
  public init(memberCount: Int) {
    require(memberCount > 0, "a collective has at least one member, not \(memberCount)")
    self.memberCount = memberCount
  }

  /// Calls `body` on the members' threads.
  public func concurrentMap<Value: Sendable>(
    _ body: @Sendable (_ member: Int) throws -> Value
  ) throws -> [Value] {
    try Threads.concurrentMap(Array(localMembers), body)
  }

  /// Adds the other members' gradients to the first, in order.
  public func sum(_ gradients: [ParameterGradients]) {
    for other in gradients.dropFirst() { gradients[0].add(other) }
  }

  /// Returns the values unchanged: there are no other processes.
  public func gather(_ numbers: [[Double]]) -> [[Double]] { numbers }
}
