internal import Measures

/// Values that fall, or rise too far to be believed alone: a reset, a total of a while ago, or garbage.
extension CounterMeter {
  /// Several readings agree that the counter is lower than it was.
  mutating func rebase(to value: Int64, from good: Point, at moment: Moment, into facts: inout [Fact]) {
    defer { contested = nil }
    if let before = beforeOutlier(value, good.value, at: moment) {
      // What was opened at the outlier goes on from before it; or, where the row before was closed at it, or nothing was
      // heard for long, from after it.
      if let segment = open, segment.carried == 0, segment.base > value {
        let isNear = segment.first.at.since(before.at).map { $0 <= parameters.maxAge ?? Gap.notable } ?? false
        let after = max(before.value, suspect?.first?.value ?? value)
        let base = isNear && contested != nil ? before.value : after
        if let contested { close(contested, at: Point(value: base, at: segment.first.at), into: &facts) }
        open?.first.value = base
        open?.base = base
      }
      return
    }
    guard var segment = open else { return }
    // A device that says garbage and starts again has not counted the garbage.
    let counted = count(segment, to: beforeDoubted ?? good)
    let first = suspect?.first ?? Point(value: value, at: moment)
    if let rest = untilRollOver(from: beforeDoubted ?? good, to: first) {
      segment.carried = counted.saturatingAdd(rest)
      segment.base = 0
      open = segment
      return
    }
    segment.base = beganAnew(with: first, after: good, counted, in: segment) ? 0 : first.value
    segment.carried = counted
    if parameters.kind == .lifetime { segment.mark(.counterReset) }
    open = segment
  }

  /// What was counted up to the end of the counter's width, where it has gone on from zero behind that. From so near the
  /// end to so near zero no reset leads.
  private func untilRollOver(from good: Point, to first: Point) -> Int64? {
    guard let end = parameters.rollsOverAt, good.value < end else { return nil }
    let rest = end - good.value
    let near = min(max(parameters.believedRise(on: channel.kind), end / 1000), end / 4)
    return rest.saturatingAdd(first.value) <= near ? rest : nil
  }

  /// Whether a counter that fell counts from zero again. It may as well have come back with a total that it had
  /// stored a while ago, and to take that for use would bill all that the device has ever counted.
  ///
  /// - Parameters:
  ///   - first: the first reading after the fall. From zero it is what was used since the last before it: no more than
  ///     what costs next to nothing, or than twice of what the segment has counted in such a time.
  ///   - counted: by the segment, up to the fall.
  private func beganAnew(with first: Point, after good: Point, _ counted: Int64, in segment: Open) -> Bool {
    if parameters.kind == .perJob { return true }
    guard first.value <= good.value / 2 else { return false }
    if first.value <= parameters.believedRise(on: channel.kind) { return true }
    guard let time = good.at.since(segment.first.at), let silence = first.at.since(good.at) else {
      return false
    }
    return !isFaster(first.value, in: silence, than: 2, times: counted, in: time)
  }

  /// Whether a rise was so many times as fast as what was counted before it.
  private func isFaster(
    _ rise: Int64, in riseTime: Span, than factor: Int128, times counted: Int64, in time: Span
  ) -> Bool {
    guard counted > 0, time > .zero else { return true }
    // rise ÷ riseTime > factor × counted ÷ time, cross-multiplied; the times are bounded so that nothing overflows.
    let longest = Span.hours(1_000_000)
    let pace = Int128(rise) * Int128(min(time, longest).milliseconds)
    return pace > factor * Int128(counted) * Int128(min(riseTime, longest).milliseconds)
  }

  /// What a high value stood out from, where the counter goes on where it was before that: an outlier to drop.
  private func beforeOutlier(_ value: Int64, _ good: Int64, at moment: Moment) -> Point? {
    // Where that was zero only the size of the rise tells an outlier from a reset.
    if let lone = beforeLone,
      value >= lone.value || parameters.isRetraction(from: lone.value, to: value, of: channel.kind),
      lone.value > 0 || good.saturatingSubtract(lone.value) > parameters.believedRise(on: channel.kind)
    {
      return lone
    }
    // A counter that starts again from zero does not do so just above where it was a minute ago.
    guard let leap = beforeLeap, leap.value > 0, value >= leap.value,
      moment.since(leap.at).map({ $0 <= parameters.settleLimit }) ?? false
    else { return nil }
    return leap
  }

  /// The value before the newest, where that rose too far to be believed alone: more than what costs next to
  /// nothing, and more than ten times as fast as the segment has counted so far. A coarse counter's step may
  /// look so too; the next reading bears it out.
  var beforeDoubted: Point? {
    guard let segment = open, let good, let beforeLone, beforeLone.at >= segment.first.at else { return nil }
    let rise = good.value.saturatingSubtract(beforeLone.value)
    guard rise > parameters.believedRise(on: channel.kind) else { return nil }
    guard let time = beforeLone.at.since(segment.first.at), let riseTime = good.at.since(beforeLone.at) else {
      return beforeLone
    }
    let counted = count(segment, to: beforeLone)
    return isFaster(rise, in: riseTime, than: 10, times: counted, in: time) ? beforeLone : nil
  }

  mutating func isConfirmedLower(_ value: Int64, at moment: Moment) -> Bool {
    // One that comes late, or twice, agrees with nobody.
    if let last = suspect?.at, moment <= last { return false }
    if let suspect, value >= suspect.value {
      // Zero from a device that starts, then its total: the second reading has not gone on from the first.
      let isLeap = isLeap(from: suspect, to: value, at: moment)
      let first = isLeap ? Point(value: value, at: moment) : suspect.first
      self.suspect = Suspect(value: value, count: suspect.count + 1, first: first, at: moment)
    } else {
      suspect = Suspect(value: value, count: 1, first: Point(value: value, at: moment), at: moment)
    }
    return (suspect?.count ?? 0) >= parameters.confirmations
  }

  private func isLeap(from suspect: Suspect, to value: Int64, at moment: Moment) -> Bool {
    let rise = value.saturatingSubtract(suspect.value)
    guard rise > parameters.believedRise(on: channel.kind) else { return false }
    guard let segment = open, let good, let time = good.at.since(segment.first.at),
      let riseTime = suspect.at.flatMap({ moment.since($0) })
    else { return true }
    return isFaster(rise, in: riseTime, than: 10, times: count(segment, to: good), in: time)
  }
}
