/// What waits to be sent: bounded in messages and in bytes, first in first out.
struct SendQueue: Sendable {
  struct Entry: Sendable {
    var publication: Publication
    var token: UInt64?
  }

  let limit: Int
  let limitBytes: Int
  private var entries: [Entry?] = []
  private var head = 0
  private(set) var bytes = 0

  init(limit: Int, limitBytes: Int) {
    self.limit = limit
    self.limitBytes = limitBytes
  }

  var count: Int { entries.count - head }
  var isEmpty: Bool { count == 0 }
  var first: Entry? { head < entries.count ? entries[head] : nil }

  /// False if it is full. A single message over the byte limit passes when nothing else waits.
  mutating func append(_ entry: Entry, evenIfFull: Bool = false) -> Bool {
    let size = entry.publication.queuedBytes
    if !evenIfFull && !isEmpty && (count >= limit || bytes + size > limitBytes) { return false }
    entries.append(entry)
    bytes += size
    return true
  }

  mutating func removeFirst() -> Entry? {
    guard head < entries.count, let entry = entries[head] else { return nil }
    entries[head] = nil
    head += 1
    bytes -= entry.publication.queuedBytes
    if head == entries.count {
      entries.removeAll(keepingCapacity: entries.count <= 256)
      head = 0
    } else if head >= 256 && head * 2 >= entries.count {
      entries.removeFirst(head)
      head = 0
    }
    return entry
  }

  /// Empties the queue and says how many were in it.
  mutating func removeAll() -> Int {
    let lost = count
    entries = []
    head = 0
    bytes = 0
    return lost
  }
}
