import Measures

/// When each unanswered draft is sent next: after 5 s, then with backoff up to 5 minutes, at once after a
/// reconnect, at most 16 waiting for an answer at a time, in the order of their sequence.
struct DraftSchedule {
  static let firstDelay = Span.seconds(5)
  static let longestDelay = Span.minutes(5)
  /// A PUBACK proves almost nothing, so only billing's own answers make room for more.
  static let inFlightLimit = 16

  private struct Turn {
    let sequence: Int64
    var next: Span
    var delay: Span
  }

  /// Not sent yet, or not on this connection, by their sequence: thousands, where billing lost what it had.
  private var waiting: [Sending] = []
  /// Sent, and not answered.
  private var inFlight: [DraftKey: Turn] = [:]

  /// To be sent as soon as there is room, be it in flight already.
  mutating func add(_ sending: Sending) {
    inFlight[sending.key] = nil
    let place = place(of: sending.sequence)
    guard !waiting[place...].prefix(while: { $0.sequence == sending.sequence }).contains(sending) else {
      return
    }
    waiting.insert(sending, at: place)
  }

  mutating func remove(_ key: DraftKey) {
    if inFlight.removeValue(forKey: key) == nil { waiting.removeAll { $0.key == key } }
  }

  mutating func sendAllNow() {
    for (key, turn) in inFlight { add(Sending(key: key, sequence: turn.sequence)) }
  }

  /// What is due: repeats first as they are in flight already, then new ones while there is room.
  func due(at uptime: Span) -> [Sending] {
    let repeats = inFlight.filter { $0.value.next <= uptime }
      .map { Sending(key: $0.key, sequence: $0.value.sequence) }
      .sorted { $0.sequence < $1.sequence }
    return repeats + waiting.prefix(max(0, Self.inFlightLimit - inFlight.count))
  }

  mutating func sent(_ sending: Sending, at uptime: Span) {
    let delay = inFlight[sending.key]?.delay ?? Self.firstDelay
    remove(sending.key)
    inFlight[sending.key] = Turn(
      sequence: sending.sequence, next: uptime + delay, delay: min(delay * 2, Self.longestDelay))
  }

  /// Drafts that billing has not answered yet.
  var count: Int { waiting.count + inFlight.count }

  /// Where the first of this sequence is, or would be.
  private func place(of sequence: Int64) -> Int {
    var (low, high) = (waiting.startIndex, waiting.endIndex)
    while low < high {
      let middle = (low + high) / 2
      if waiting[middle].sequence < sequence { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
