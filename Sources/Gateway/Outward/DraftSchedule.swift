import Measures

/// When each unacknowledged draft is sent next: after 5 s, then with backoff up to 5 minutes, at once after a
/// reconnect, at most 16 waiting for an answer at a time.
struct DraftSchedule {
  static let firstDelay = Span.seconds(5)
  static let longestDelay = Span.minutes(5)
  /// A PUBACK proves almost nothing, so only billing's own answers make room for more.
  static let inFlightLimit = 16

  private struct Entry {
    var next: Span
    var delay: Span
    var wasSent: Bool
  }

  /// In the order of their making, which is the order of their sequence.
  private var keys: [DraftKey] = []
  private var entries: [DraftKey: Entry] = [:]

  mutating func add(_ key: DraftKey, at uptime: Span) {
    if entries[key] == nil { keys.append(key) }
    entries[key] = Entry(next: uptime, delay: Self.firstDelay, wasSent: false)
  }

  mutating func remove(_ key: DraftKey) {
    guard entries.removeValue(forKey: key) != nil else { return }
    keys.removeAll { $0 == key }
  }

  mutating func sendAllNow(at uptime: Span) {
    for key in keys { entries[key] = Entry(next: uptime, delay: Self.firstDelay, wasSent: false) }
  }

  /// What is due, in order: repeats first as they are in flight already, then new ones while there is room.
  func due(at uptime: Span) -> [DraftKey] {
    var room = Self.inFlightLimit - entries.values.count(where: \.wasSent)
    return keys.filter { key in
      guard let entry = entries[key], entry.next <= uptime else { return false }
      if entry.wasSent { return true }
      guard room > 0 else { return false }
      room -= 1
      return true
    }
  }

  mutating func sent(_ key: DraftKey, at uptime: Span) {
    guard var entry = entries[key] else { return }
    entry.wasSent = true
    entry.next = uptime + entry.delay
    entry.delay = min(entry.delay * 2, Self.longestDelay)
    entries[key] = entry
  }

  /// Drafts that billing has not answered yet.
  var count: Int { keys.count }
}
