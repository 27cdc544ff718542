public import Measures

/// Keeps what is read on one channel for as long as a run wants it, and what was read shortly before that run: its
/// first level was found there.
public struct TraceRecorder: Sendable {
  public let channel: ChannelID
  private let parameters: MeterParameters
  private var recent: Recent
  /// Of a run that still settles, and of the next.
  private var open: [Open] = []

  private struct Open: Sendable {
    let run: RunID
    var trace: Trace
    var isEnded = false
  }

  public init(channel: ChannelID, parameters: MeterParameters) {
    self.channel = channel
    self.parameters = parameters
    recent = Recent(
      door: SwingingDoor(
        tolerance: parameters.tolerance(on: channel.kind), silence: Trace.Head.silence,
        longest: Recent.span))
  }

  /// Takes what the meter takes.
  public mutating func take(_ reading: Reading) {
    let point = TracePoint(at: reading.at, value: reading.value, readings: 1)
    for index in open.indices where !open[index].isEnded { open[index].trace.take(point) }
    recent.take(point)
  }

  /// What is kept of each run that is not over, or not all on disk.
  public var traces: [RunID: Trace] {
    Dictionary(open.map { ($0.run, $0.trace) }, uniquingKeysWith: { first, _ in first })
  }

  /// What a commit has something to write of.
  public var unstored: [(run: RunID, trace: Trace)] {
    open.filter { $0.trace.unstored != nil }.map { (run: $0.run, trace: $0.trace) }
  }

  /// A run begins.
  public mutating func begin(_ run: RunID) {
    guard !open.contains(where: { $0.run == run }) else { return }
    var trace = Trace(channel: channel, parameters: parameters)
    trace.begin(with: recent.closed)
    open.append(Open(run: run, trace: trace))
  }

  /// The daemon was restarted during this run.
  public mutating func resume(_ run: RunID, _ trace: Trace) {
    open.removeAll { $0.run == run }
    open.append(Open(run: run, trace: trace))
  }

  /// Takes over what an earlier one has, whose meter knew something else.
  public mutating func adopt(_ earlier: TraceRecorder) {
    recent = earlier.recent
    open = earlier.open
  }

  /// The meter has said its last word on a run.
  public mutating func end(_ run: RunID) {
    guard let index = open.firstIndex(where: { $0.run == run }) else { return }
    open[index].trace.close()
    open[index].isEnded = true
  }

  /// All that was read can be looked at once it is stored.
  public mutating func close() {
    for index in open.indices { open[index].trace.close() }
  }

  /// Nothing can be stored: what is over is given up, lest it be kept without end.
  public mutating func forgetEnded() { open.removeAll(where: \.isEnded) }

  /// What was unstored is on disk.
  public mutating func markStored() {
    open.removeAll(where: \.isEnded)
    for index in open.indices { open[index].trace.markStored() }
  }
}

/// The last two minutes, or the last thing that was read.
private struct Recent: Sendable {
  var door: SwingingDoor
  private var points: [TracePoint] = []

  static let span = Span.minutes(2)
  private static let limit = 512

  init(door: SwingingDoor) { self.door = door }

  mutating func take(_ point: TracePoint) {
    let (end, start) = door.take(point)
    for corner in [end, start] { if let corner { points.append(corner) } }
    guard points.count > 1, isOld(points[1], at: point.at) || points.count > Self.limit else { return }
    // Taken off in bulk, for that costs as much as one.
    let old = points.prefix { isOld($0, at: point.at) }.count
    let surplus = max(old - 1, points.count > Self.limit ? Self.limit / 4 : 0)
    guard surplus >= min(32, points.count - 1) else { return }
    points.removeFirst(surplus)
  }

  private func isOld(_ point: TracePoint, at now: Moment) -> Bool {
    now.since(point.at).map { $0 > Self.span } ?? true
  }

  /// All of it, up to the newest reading.
  var closed: ArraySlice<TracePoint> {
    var door = door
    let all = points + [door.close()].compactMap { $0 }
    guard let newest = all.last?.at else { return [] }
    let old = all.prefix { isOld($0, at: newest) }.count
    return all.dropFirst(max(0, old - 1))
  }
}
