import MQTT
import Synchronization

/// A handler that writes down what it is told and lets a test wait for a condition on it.
final class Recorder: LinkHandler {
  enum Event: Sendable {
    case connected(sessionPresent: Bool)
    case subscribed, fencePassed
    case batch([Message])
    case published(UInt64, Receipt)
    case disconnected(LinkError)
    case trouble(LinkError)
  }

  private struct State {
    var events: [Event] = []
    var nextID = 0
    var checks: [Int: @Sendable ([Event]) -> Bool] = [:]
  }

  private let state = Mutex(State())
  private let judge: @Sendable ([Message]) -> Disposition
  private let onSubscribed: @Sendable () -> Void

  init(
    judge: @escaping @Sendable ([Message]) -> Disposition = { _ in .commit },
    onSubscribed: @escaping @Sendable () -> Void = {}
  ) {
    self.onSubscribed = onSubscribed
    self.judge = judge
  }

  var events: [Event] { state.withLock { $0.events } }

  var messages: [Message] {
    events.flatMap { event -> [Message] in
      if case .batch(let batch) = event { return batch }
      return []
    }
  }

  var errors: [LinkError] {
    events.compactMap { event in
      if case .disconnected(let reason) = event { return reason }
      return nil
    }
  }

  /// Waits until the events so far meet the condition; false when the time is up.
  func wait(
    within time: Duration = .seconds(10), until condition: @escaping @Sendable ([Event]) -> Bool
  ) async -> Bool {
    let (stream, continuation) = AsyncStream<Bool>.makeStream()
    let id = state.withLock { state -> Int in
      state.nextID += 1
      if condition(state.events) {
        continuation.yield(true)
      } else {
        state.checks[state.nextID] = { events in
          let holds = condition(events)
          if holds { continuation.yield(true) }
          return holds
        }
      }
      return state.nextID
    }
    let timer = Task {
      try? await Task.sleep(for: time)
      continuation.yield(false)
    }
    defer {
      timer.cancel()
      state.withLock { $0.checks[id] = nil }
    }
    for await answer in stream { return answer }
    return false
  }

  func subscribed(times: Int = 1) async -> Bool {
    await wait { events in
      events.count { if case .subscribed = $0 { true } else { false } } >= times
    }
  }

  func message(_ text: String, times: Int = 1) async -> Bool {
    await wait { events in
      var count = 0
      for case .batch(let batch) in events { count += batch.count { $0.text == text } }
      return count >= times
    }
  }

  func error(where matches: @escaping @Sendable (LinkError) -> Bool) async -> Bool {
    await wait { events in
      events.contains { if case .disconnected(let reason) = $0 { matches(reason) } else { false } }
    }
  }

  private func note(_ event: Event) {
    state.withLock { state in
      state.events.append(event)
      for (id, check) in state.checks where check(state.events) { state.checks[id] = nil }
    }
  }

  func received(_ batch: [Message]) -> Disposition {
    note(.batch(batch))
    return judge(batch)
  }

  func connected(sessionPresent: Bool) { note(.connected(sessionPresent: sessionPresent)) }

  func subscribed() {
    onSubscribed()
    note(.subscribed)
  }

  func fencePassed() { note(.fencePassed) }
  func published(_ token: UInt64, _ receipt: Receipt) { note(.published(token, receipt)) }
  func disconnected(_ reason: LinkError) { note(.disconnected(reason)) }
  func trouble(_ reason: LinkError) { note(.trouble(reason)) }
}

extension Message {
  var text: String { String(decoding: payload, as: UTF8.self) }
}
