internal import Synchronization

/// A value that one side changes and another waits for, without polling.
public final class Watched<Value: Sendable>: Sendable {
  private struct Waiter: Sendable {
    let id: Int
    /// Looks at the value; when it is as wanted, what to do once the lock is open again.
    let look: @Sendable (inout Value) -> (@Sendable () -> Void)?
    let fail: @Sendable (any Error) -> Void
  }

  private struct State: Sendable {
    var value: Value
    var waiters: [Waiter] = []
    var lastID = 0
    /// Whoever gave up before it even began to wait.
    var abandoned: [Int: any Error] = [:]
  }

  private let state: Mutex<State>

  public init(_ value: Value) { state = Mutex(State(value: value)) }

  public var value: Value { state.withLock(\.value) }

  /// Changes the value and wakes those who waited for what it is now, in the order they came.
  public func change(_ body: @Sendable (inout Value) -> Void) {
    let woken = state.withLock { state in
      body(&state.value)
      var woken: [@Sendable () -> Void] = []
      var still: [Waiter] = []
      for waiter in state.waiters {
        if let wake = waiter.look(&state.value) { woken.append(wake) } else { still.append(waiter) }
      }
      state.waiters = still
      return woken
    }
    for wake in woken { wake() }
  }

  /// Waits until `look` gives something; it may take that out of the value.
  /// - Parameter what: for the error: `waiting for WHAT took longer than …`.
  /// - Throws: ``WaitError`` when the time is up, `CancellationError`.
  public func wait<Found: Sendable>(
    for what: @autoclosure @escaping @Sendable () -> String, within limit: Duration,
    _ look: @escaping @Sendable (inout Value) -> Found?
  ) async throws -> Found {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    let alarm = Task {
      try await Task.sleep(for: limit)
      giveUp(id, WaitError(what: what(), limit: limit))
    }
    defer { alarm.cancel() }
    return try await withTaskCancellationHandler(
      operation: {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Found, any Error>) in
          enroll(id, continuation, look)
        }
      },
      onCancel: { giveUp(id, CancellationError()) })
  }

  private func enroll<Found: Sendable>(
    _ id: Int, _ continuation: CheckedContinuation<Found, any Error>,
    _ look: @escaping @Sendable (inout Value) -> Found?
  ) {
    let waiter = Waiter(
      id: id,
      look: { value in
        guard let found = look(&value) else { return nil }
        return { continuation.resume(returning: found) }
      },
      fail: { error in continuation.resume(throwing: error) })
    let finish: (@Sendable () -> Void)? = state.withLock { state in
      if let wake = waiter.look(&state.value) { return wake }
      if let error = state.abandoned.removeValue(forKey: id) { return { waiter.fail(error) } }
      state.waiters.append(waiter)
      return nil
    }
    finish?()
  }

  private func giveUp(_ id: Int, _ error: any Error) {
    let waiter: Waiter? = state.withLock { state in
      guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
        state.abandoned[id] = error
        return nil
      }
      return state.waiters.remove(at: index)
    }
    waiter?.fail(error)
  }
}

/// What was waited for did not come in time.
public struct WaitError: Error, CustomStringConvertible {
  public let what: String
  public let limit: Duration

  public var description: String { "waited \(limit) for \(what), in vain" }
}
