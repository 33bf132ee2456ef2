/// Stops the program with a sentence on standard error unless `condition` holds.
///
/// For programmer errors, such as shapes that do not fit. Unlike `precondition`, whose message `-O`
/// drops, this prints it in every build. The message is made out of line and only when the
/// condition fails: a check costs one branch.
///
/// ```swift
/// require(left.shape == right.shape, "shapes \(left.shape) and \(right.shape) differ")
/// ```
@inlinable @inline(__always)
package func require(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) {
  if !condition { stop(message, file: file, line: line) }
}

/// Stops the program with a sentence on standard error, in every build: for code that only a
/// programmer error reaches.
@inlinable @inline(__always)
package func requirementFailure(
  _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) -> Never {
  stop(message, file: file, line: line)
}

/// Makes the message and stops the program.
@usableFromInline @inline(never)
package func stop(_ message: () -> String, file: StaticString, line: UInt) -> Never {
  fatalError(message(), file: file, line: line)
}
