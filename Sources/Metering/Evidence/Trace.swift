public import Measures

/// What was read on one channel during one run, in at most 64 KiB: straight lines, none further from a reading than
/// its ``tolerance``.
///
/// It keeps a line, so that it can be looked at and metered again; what was billed stands in the journal. Where a run
/// is so long or so restless that it does not fit, the tolerance doubles until it does.
public struct Trace: Sendable {
  /// What must be known of it beside its chunks.
  public struct Head: Hashable, Sendable, Codable {
    public let channel: ChannelID
    /// What its meter knew when the run began.
    public let parameters: MeterParameters
    /// No reading is further from the lines, but for rounding to whole ones, in the channel's base unit.
    public var tolerance: Int64
    /// How often it was made coarser; words that lasted under half a second, times two to this, may be gone.
    public var level = 0

    init(channel: ChannelID, parameters: MeterParameters) {
      self.channel = channel
      self.parameters = parameters
      tolerance = parameters.tolerance(on: channel.kind)
    }
  }

  public private(set) var head: Head
  public private(set) var chunks: [TraceChunk] = []
  private var door: SwingingDoor
  /// The first chunk that is not on disk as it is.
  private var firstUnstored = 0
  private var isHeadStored = false

  /// In bytes.
  static let limit = 64 * 1024

  init(channel: ChannelID, parameters: MeterParameters) {
    head = Head(channel: channel, parameters: parameters)
    door = head.door
  }

  /// Goes on from what a restart found on disk.
  ///
  /// - Parameter points: of each chunk.
  public init(_ head: Head, stored points: [[TracePoint]]) {
    self.head = head
    door = head.door
    for points in points {
      var chunk = TraceChunk()
      for point in points { chunk.append(point) }
      chunks.append(chunk)
    }
    firstUnstored = chunks.count
    isHeadStored = true
  }

  /// Begins with corners of lines that are as close already.
  mutating func begin(with points: some Sequence<TracePoint>) {
    for point in points { appendAsIs(point) }
  }

  mutating func take(_ point: TracePoint) {
    let (end, start) = door.take(point)
    if let end { append(end) }
    if let start { append(start) }
  }

  /// Lets the newest readings be seen: the line ends at the last of them.
  mutating func close() {
    if let end = door.close() { append(end) }
  }

  private mutating func append(_ point: TracePoint) {
    appendAsIs(point)
    firstUnstored = min(firstUnstored, chunks.count - 1)
    // A chunk may be larger than its limit by its last corner.
    if byteCount > Self.limit - TraceChunk.limit { coarsen() }
  }

  var byteCount: Int { chunks.reduce(0) { $0 + $1.bytes.count } }

  // MARK: What is stored

  /// What a commit has to write: chunks from a number on (counted from 0), and the head if it changed. With the head
  /// comes everything, and what is on disk beyond it goes.
  public var unstored: (head: Head?, chunks: ArraySlice<TraceChunk>)? {
    guard !chunks.isEmpty, !isHeadStored || firstUnstored < chunks.count else { return nil }
    return (isHeadStored ? nil : head, chunks[firstUnstored...])
  }

  mutating func markStored() {
    isHeadStored = true
    firstUnstored = chunks.count
  }

  // MARK: Coarser

  /// The tolerance doubles until at most half of the room is taken.
  private mutating func coarsen() {
    repeat {
      let points = chunks.flatMap { TraceChunk.points(in: $0.bytes) ?? [] }
      let finer = head.tolerance
      head.tolerance = max((Mass(base: finer) * 2).base, 2)
      head.level += 1
      var coarse = head.door(tolerance: head.tolerance - finer)
      chunks = []
      for point in points.withoutShortWords(head.shortestWord) {
        let (end, start) = coarse.take(point)
        for corner in [end, start] { if let corner { appendAsIs(corner) } }
      }
      if let end = coarse.close() { appendAsIs(end) }
    } while byteCount > Self.limit / 2 && head.level < 40
    door = head.door
    firstUnstored = 0
    isHeadStored = false
  }

  private mutating func appendAsIs(_ point: TracePoint) {
    if chunks.last.map({ !$0.fits(point) }) ?? true { chunks.append(TraceChunk()) }
    chunks[chunks.count - 1].append(point)
  }
}

extension Trace.Head {
  fileprivate func door(tolerance: Int64) -> SwingingDoor {
    SwingingDoor(
      tolerance: tolerance, silence: Span(base: Self.silence.base << level),
      longest: Span(base: Self.longest.base << level))
  }

  fileprivate var door: SwingingDoor { door(tolerance: tolerance) }

  /// Up to this between two readings, a line joins them.
  public static let silence = Span.seconds(2)
  private static let longest = Span.minutes(1)
  /// Words that lasted less may be gone, but at level 0.
  public var shortestWord: Span { Span(base: 500 << level) }
}
