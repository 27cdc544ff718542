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
    // A device that says garbage and starts again has not counted the garbage, be it that it said it twice.
    let sound = beforeDoubted ?? beforeRecentLeap(in: segment, at: moment) ?? good
    let counted = count(segment, to: sound)
    let first = suspect?.first ?? Point(value: value, at: moment)
    segment.carried = counted
    if let rest = untilRollOver(from: sound, to: first, counted, in: segment) {
      segment.carried = counted.saturatingAdd(rest)
      segment.base = 0
      segment.mark(.counterRolledOver)
    } else {
      segment.base = beganAnew(with: first, after: sound, counted, in: segment) ? 0 : first.value
      if parameters.kind == .lifetime {
        segment.mark(.counterReset)
        fallen = Fallen(total: sound.value, to: value, at: moment, counted: counted)
      }
    }
    open = segment
  }

  /// What was counted up to the end of the counter's width, where it has gone on from zero behind that.
  ///
  /// All ones are no count, and a word that many a device has for none: it has to have counted up to there. And it goes on
  /// no faster than it did.
  private func untilRollOver(from good: Point, to first: Point, _ counted: Int64, in segment: Open) -> Int64?
  {
    guard parameters.kind == .lifetime, let rollOver = parameters.rollOver, good.value < rollOver.end,
      counted > 0
    else { return nil }
    let rest = rollOver.end - good.value
    let rise = rest.saturatingAdd(first.value)
    let believed = max(parameters.believedRise(on: channel.kind), rollOver.step.saturatingAdd(rollOver.step))
    return rise <= min(believed, rollOver.end / 4)
      || isAsBefore(rise, to: first, after: good, counted, in: segment)
      ? rest : nil
  }

  /// The total from before a reset is back, or a little more, borne out by a second reading, and nothing was counted in
  /// between: there was none, only a device that said zero while it started. What it has more now, it has counted since.
  mutating func takeBackFall(from leap: Point) {
    guard var segment = open, let good, let fall = fallen, leap.value == fall.to, good.value >= fall.total,
      good.value - fall.total <= max(parameters.believedRise(on: channel.kind), fall.total / 100)
    else { return }
    fallen = nil
    if segment.first.at >= fall.at { segment.first.value = fall.total }
    segment.carried = fall.counted
    segment.base = fall.total
    segment.mark(.counterReset)
    open = segment
  }

  /// The first reading of a run that began while nothing was known stood alone: what the next one leapt by in moments,
  /// borne out by a second, was used before. It is nobody's.
  mutating func giveUpFirst(_ leap: Point, into facts: inout [Fact]) {
    guard let segment = open, let good, segment.marks.contains(.firstSeenInRun), segment.carried == 0,
      segment.base == leap.value, good.at.since(segment.first.at).map({ $0 <= Gap.notable }) ?? false
    else { return }
    close(Open(account: .nobody, first: segment.first, base: segment.base), at: good, into: &facts)
    open?.first = good
    open?.base = good.value
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
    return isAsBefore(first.value, to: first, after: good, counted, in: segment)
  }

  /// Whether so much may have been used since the last reading before a fall: no more than twice of what the segment has
  /// counted in such a time.
  private func isAsBefore(
    _ rise: Int64, to first: Point, after good: Point, _ counted: Int64, in segment: Open
  ) -> Bool {
    guard let time = good.at.since(segment.first.at), let silence = first.at.since(good.at) else {
      return false
    }
    return !isFaster(rise, in: silence, than: 2, times: counted, in: time)
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

  /// What the segment's count leapt from just now.
  private func beforeRecentLeap(in segment: Open, at moment: Moment) -> Point? {
    guard let leap = beforeLeap, leap.at > segment.first.at, leap.value >= segment.base,
      moment.since(leap.at).map({ $0 <= Gap.notable }) ?? false
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
