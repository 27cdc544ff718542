internal import Measures

/// Draws readings as few straight lines, none of which is further from any reading than a tolerance.
///
/// From the last corner two lines bound all that can still pass every reading since; each reading narrows them, and
/// where they cross, the reading before becomes the next corner. (E. H. Bristol, "Swinging door trending", 1990. Here
/// the corner is moved into what the doors leave open, so that the tolerance holds for every reading.)
struct SwingingDoor: Sendable {
  /// In the channel's base unit.
  let tolerance: Int64
  /// Readings further apart are joined by no line: nobody knows what was between.
  let silence: Span
  /// A line is closed after so long, so that a crash costs no more of it.
  let longest: Span

  private var corner: TracePoint?
  /// The newest reading, with the count of those since the corner.
  private var last: TracePoint?
  private var lower: Slope?
  private var upper: Slope?

  init(tolerance: Int64, silence: Span, longest: Span) {
    self.tolerance = tolerance
    self.silence = silence
    self.longest = longest
  }

  /// A difference, and the milliseconds it took.
  private struct Slope: Sendable {
    let rise: Int128
    let run: Int128

    static func < (left: Slope, right: Slope) -> Bool { left.rise * right.run < right.rise * left.run }

    func value(after span: Int64) -> Int128 { rise * Int128(span) / run }
  }

  /// Takes a reading, or a corner of a finer line. One that is older than the newest is passed over.
  ///
  /// - Returns: the corners that are certain now, in their order.
  mutating func take(_ point: TracePoint) -> (TracePoint?, TracePoint?) {
    guard let last, let corner else { return (nil, begin(at: point)) }
    let isAlike = point.value.isAlike(last.value)
    if point.at < last.at || point.at == last.at && isAlike { return (nil, nil) }
    guard isAlike, point.at.boot == last.at.boot,
      (point.at.uptime - last.at.uptime).base / Int64(max(1, point.readings)) <= silence.base
    else {
      let end = close()
      return (end, begin(at: point))
    }
    let age = point.at.uptime - corner.at.uptime
    let doors = doors(to: point.value.number, after: age.base, from: corner.value.number)
    if last.readings > 0, age > longest || doors.high < doors.low {
      let end = close()
      // Behind the new corner the doors stand wide open.
      let next = take(point)
      return (end, next.1)
    }
    (lower, upper) = (doors.low, doors.high)
    self.last = TracePoint(at: point.at, value: point.value, readings: last.readings + point.readings)
    return (nil, nil)
  }

  /// Ends the line at the newest reading.
  ///
  /// - Returns: that corner; `nil` where the newest reading is a corner already.
  mutating func close() -> TracePoint? {
    guard let last, let corner, last.readings > 0 else { return nil }
    let age = (last.at.uptime - corner.at.uptime).base
    var number = last.value.number
    if let lower, let upper {
      let start = Int128(corner.value.number)
      let nearest = max(start + lower.value(after: age), min(start + upper.value(after: age), Int128(number)))
      number = Int64(clamping: nearest)
    }
    let end = TracePoint(at: last.at, value: last.value.with(number), readings: last.readings)
    restart(at: end)
    return end
  }

  private func doors(to number: Int64, after age: Int64, from start: Int64) -> (low: Slope, high: Slope) {
    let rise = Int128(number) - Int128(start)
    var low = Slope(rise: rise - Int128(tolerance), run: Int128(age))
    var high = Slope(rise: rise + Int128(tolerance), run: Int128(age))
    if let lower, low < lower { low = lower }
    if let upper, upper < high { high = upper }
    return (low, high)
  }

  private mutating func begin(at point: TracePoint) -> TracePoint {
    let start = TracePoint(at: point.at, value: point.value, readings: 1)
    restart(at: start)
    return start
  }

  private mutating func restart(at point: TracePoint) {
    corner = point
    last = TracePoint(at: point.at, value: point.value, readings: 0)
    lower = nil
    upper = nil
  }
}
