public import Measures
public import Metering

/// What a quantity that settles a hold stands for. It is never more than was in doubt, nor less than was measured.
public enum Doubt: Hashable, Sendable, Codable {
  /// Times without data; how long those last together that the last one stands for, where it stands for several.
  case time([Gap], inLast: Span? = nil)
  /// Material that left a scale unseen: beside what was measured at most what the work center can use meanwhile.
  case material(measured: Mass, rate: MassRate, during: Gap)

  /// In base units: ms or mg.
  public var least: Int64 {
    switch self {
    case .time: 0
    case .material(let measured, _, _): measured.base
    }
  }

  /// In base units; `nil` where no clock can tell.
  ///
  /// - Parameter now: helps with a time that could not be measured: the clock may be right by now.
  public func most(by now: Moment? = nil) -> Int64? {
    switch self {
    case .time(let gaps, let inLast):
      var sum = inLast ?? .zero
      for gap in inLast == nil ? gaps : gaps.dropLast() {
        guard let longest = gap.longest(by: now) else { return nil }
        sum += longest
      }
      return sum.base
    case .material(let measured, let rate, let time):
      return time.longest(by: now).map { (measured + rate.mass(over: $0)).base }
    }
  }

  /// For people, where the clocks tell: `at most 12.8 s`, `from 12 g to 102 g`.
  public var bound: String? {
    guard let most = most() else { return nil }
    return least == 0 ? "at most \(text(most))" : "from \(text(least)) to \(text(most))"
  }

  private func text(_ base: Int64) -> String {
    switch self {
    case .time: Span(base: base).description
    case .material: Mass(base: base).description
    }
  }

  // MARK: Refusing

  /// - Throws: where `amount`, in base units, is not within what is in doubt.
  func check(_ amount: Int64, settling hold: HoldID, of job: Job, at now: Moment) throws(Refusal) {
    guard let most = most(by: now) else {
      throw Refusal(
        .wrongState,
        "hold \(hold): the clock says \(now.wall), which is before the time in question began, so nobody can say "
          + "how much it may be; set the clock and settle it then, or accept it")
    }
    guard amount < least || amount > most else { return }
    let range = least == 0 ? "at most \(exactly(most))" : "\(exactly(least)) to \(exactly(most))"
    throw Refusal(
      .invalidArgument,
      "hold \(hold) is settled with \(range), \(reason), not with \(exactly(amount)); \(advice(job))")
  }

  /// A text that two amounts do not share which differ by a millisecond.
  private func exactly(_ base: Int64) -> String {
    switch self {
    case .time: "\(Span(base: base)) (\(Span(base: base).seconds) s)"
    case .material: text(base)
    }
  }

  private var reason: String {
    switch self {
    case .time: "the time without data"
    case .material(let measured, let rate, _):
      (measured > .zero ? "which is what was measured, and" : "which is")
        + " what can be used there in that time at max_use_rate, \(rate)"
    }
  }

  private func advice(_ job: Job) -> String {
    let verbs =
      switch self {
      case .time: "labor.record or service.add"
      case .material: "material.record"
      }
    return job.production == .canceled
      ? "what was beside it goes on another job, as an entry of its own: \(verbs); job \(job.id) is canceled, and "
        + "takes none"
      : "what was beside it goes on job \(job.id) as an entry of its own: job.reopen, then \(verbs)"
  }
}

extension Gap {
  /// How long it was at most: as measured, or else as the clock of now dates its end.
  fileprivate func longest(by now: Moment?) -> Span? {
    if let span { return span }
    guard let now else { return nil }
    // On the boot that it ended in, the time since its end was measured.
    let end = now.boot == to.boot ? now.wall.advanced(by: to.uptime - now.uptime) : now.wall
    let length = end.since(from.wall)
    return length.isNegative ? nil : length
  }
}
