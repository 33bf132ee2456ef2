import CajalSupport
public import CajalAutodiff
import CajalTensor

/// A group of data-parallel members that train one model, each on a share of every batch: threads,
/// processes or devices.
///
/// Members are numbered over all processes, and sums are taken in the order of their numbers, so
/// that equal seeds and equal numbers of members give equal bits. Every process makes the same
/// calls in the same order.
public protocol Collective: Sendable {
  /// The number of members over all processes.
  var memberCount: Int { get }
  /// The numbers of the members in this process; at least one.
  var localMembers: Range<Int> { get }

  /// Calls `body` for each member of this process and returns the results in member order.
  ///
  /// - Throws: The first error in that order.
  func concurrentMap<Value: Sendable>(
    _ body: @Sendable (_ member: Int) throws -> Value
  ) throws -> [Value]

  /// Adds up the gradients of all members, in the order of their numbers.
  ///
  /// - Parameter gradients: Those of this process's members. Afterwards the first has the sum over
  ///   all members of all processes; the others are undefined.
  func sum(_ gradients: [ParameterGradients]) throws

  /// The numbers of all members of all processes from those of this process's members.
  func gather(_ numbers: [[Double]]) throws -> [[Double]]
}
