/// Events on their way to the broker: each is kept, here and in the journal, until its PUBACK.
struct EventQueue {
  /// So many may be waiting for a PUBACK at once.
  static let inFlightLimit = 64

  private var waiting: [OutgoingEvent] = []
  private var inFlight: Set<Int64> = []

  mutating func add(_ event: OutgoingEvent) { waiting.append(event) }

  mutating func remove(_ numbers: [Int64]) {
    guard !numbers.isEmpty else { return }
    let gone = Set(numbers)
    waiting.removeAll { gone.contains($0.number) }
    inFlight.subtract(gone)
  }

  /// The connection is a new one: what was under way is sent again.
  mutating func sendAllNow() { inFlight.removeAll() }

  func unsent() -> ArraySlice<OutgoingEvent> {
    waiting.filter { !inFlight.contains($0.number) }.prefix(max(0, Self.inFlightLimit - inFlight.count))
  }

  mutating func sent(_ number: Int64) { inFlight.insert(number) }
}
