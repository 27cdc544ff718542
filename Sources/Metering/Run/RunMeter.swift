public import Measures

/// What a run meter must know of its machine.
public struct RunParameters: Hashable, Sendable, Codable {
  /// After so long without a reading the state is unknown; `nil`: kept fresh by the device's presence.
  public var maxAge: Span?
  public var onGap: GapPolicy
  /// A gap up to this with the same state on both sides is bridged.
  public var bridgeLimit = Span.seconds(10)
  /// An open stretch is closed at least so often.
  public var closeAfter = Span.minutes(10)
  /// While time counts, a restart finds it at most so old.
  public var checkpointEvery = Span.seconds(5)
  /// The smallest step of the machine's own count of running time; `nil` where it has none.
  public var countStep: Span?

  public init(maxAge: Span? = .seconds(60), onGap: GapPolicy = .hold, countStep: Span? = nil) {
    self.maxAge = maxAge
    self.onGap = onGap
    self.countStep = countStep
  }
}

/// Times the states of one machine: a total per state, with no data neither "stopped" nor "running".
public struct RunMeter: Hashable, Sendable, Codable {
  public let channel: ChannelID
  public var parameters: RunParameters
  public private(set) var generation = 0

  private(set) var account = Account.nobody
  /// What the machine is doing; `unknown` once the age limit has passed.
  public private(set) var state = MachineState.unknown
  /// What it did before it became unknown.
  private var lastKnown: MachineState?
  private var since: Moment?
  /// Up to where the state is settled: the newest reading, or a change of account since.
  private var lastGood: Moment?
  /// The newest reading, from which its age counts: a change of account is no word of the machine's.
  private var heard: Moment?
  /// `lastGood` as of the last checkpoint that was due for it.
  private var vouched: Moment?
  /// The account changed while nothing was known: whatever ended meanwhile ended for somebody else.
  private var isOthersCycle = false
  private var own = OwnCount()

  public init(channel: ChannelID, parameters: RunParameters = RunParameters()) {
    self.channel = channel
    self.parameters = parameters
  }

  /// Takes one believed state. Readings older than the newest are ignored.
  public mutating func apply(_ new: MachineState, at moment: Moment, into facts: inout [Fact]) {
    guard let good = lastGood else {
      adopt(new, at: moment, into: &facts)
      return
    }
    guard moment >= good else { return }
    goStale(ifPastLimitAt: moment, into: &facts)
    settlePending(with: nil, at: moment, into: &facts)
    if state == .unknown {
      settleGap(from: good, to: moment, now: new, into: &facts)
    } else if new != state {
      close(at: moment, into: &facts)
      facts.append(.changed(channel, from: state, to: new, at: moment))
      state = new
      generation += 1
    }
    vouch(moment)
  }

  /// The machine still does what it did. While that counts, a checkpoint follows every few seconds: after a power cut
  /// the gap starts at the last one.
  private mutating func vouch(_ moment: Moment) {
    lastGood = moment
    heard = moment
    guard account.run != nil || state.isBusy else { return }
    if let vouched, moment.since(vouched).map({ $0 < parameters.checkpointEvery }) ?? false { return }
    vouched = moment
    generation += 1
  }

  /// The first level ever seen is adopted; it is no event.
  private mutating func adopt(_ new: MachineState, at moment: Moment, into facts: inout [Fact]) {
    if let since, account.run != nil, moment > since {
      let settlement: Gap.Settlement = isHeld(moment.since(since)) && new.isBusy ? .held : .skipped
      emit(
        .unknown, from: since, to: moment, gap: Gap(from: since, to: moment, settlement: settlement),
        into: &facts)
    }
    facts.append(.changed(channel, from: .unknown, to: new, at: moment))
    state = new
    since = moment
    lastGood = moment
    heard = moment
    generation += 1
  }

  private mutating func settleGap(from: Moment, to: Moment, now new: MachineState, into facts: inout [Fact]) {
    let before = lastKnown ?? .unknown
    let span = to.since(from)
    if let span, span <= parameters.bridgeLimit, new == before {
      let gap = span > Gap.negligible ? Gap(from: from, to: to, settlement: .bridged) : nil
      emit(before, from: from, to: to, gap: gap, into: &facts)
    } else if own.isUseful(over: span, step: parameters.countStep) {
      settleWaitingByPolicy(into: &facts)
      own.wait(for: Gap(from: from, to: to, settlement: .counted), after: before, now: new)
    } else if !before.isBusy, !new.isBusy {
      emit(.unknown, from: from, to: to, gap: Gap(from: from, to: to, settlement: .skipped), into: &facts)
    } else {
      emitGap(after: before, from: from, to: to, into: &facts)
    }
    // What it did before the gap was seen live, so a cycle that ended meanwhile did end.
    facts.append(.changed(channel, from: isOthersCycle ? .unknown : before, to: new, at: to))
    isOthersCycle = false
    state = new
    since = to
    generation += 1
    // It may have come just before the state did.
    if let newest = own.newest, let age = to.since(newest.at), newest.at > from, age <= OwnCount.patience {
      settlePending(with: newest, at: to, into: &facts)
    }
  }

  /// Takes what the machine says that it has run so far.
  public mutating func count(_ running: Span, at moment: Moment, into facts: inout [Fact]) {
    goStale(ifPastLimitAt: moment, into: &facts)
    own.take(running, at: moment)
    settlePending(with: own.newest, at: moment, into: &facts)
  }

  /// A gap that the machine's own count may settle waits for it a little; then it is settled by the policy.
  private mutating func settlePending(
    with count: OwnCount.Count?, at now: Moment, into facts: inout [Fact]
  ) {
    guard let waiting = own.waiting else { return }
    let (from, to) = (waiting.gap.from, waiting.gap.to)
    if let count, let running = own.running(until: count, step: parameters.countStep ?? .zero) {
      own.settled()
      let end = from.advanced(by: running)
      if running > .zero {
        emit(.running, from: from, to: end, gap: Gap(from: from, to: end, settlement: .counted), into: &facts)
      }
      if end < to {
        emit(.unknown, from: end, to: to, gap: Gap(from: end, to: to, settlement: .counted), into: &facts)
      }
      generation += 1
    } else if count != nil || now.since(to).map({ $0 > OwnCount.patience }) ?? true {
      settleWaitingByPolicy(into: &facts)
    }
  }

  private mutating func settleWaitingByPolicy(into facts: inout [Fact]) {
    guard let waiting = own.waiting else { return }
    let (from, to) = (waiting.gap.from, waiting.gap.to)
    own.settled()
    if waiting.before.isBusy || waiting.now.isBusy {
      emitGap(after: waiting.before, from: from, to: to, into: &facts)
    } else {
      emit(.unknown, from: from, to: to, gap: Gap(from: from, to: to, settlement: .skipped), into: &facts)
    }
    generation += 1
  }

  /// Settles a gap that cannot be bridged by the work center's policy.
  private func emitGap(after before: MachineState, from: Moment, to: Moment, into facts: inout [Fact]) {
    if parameters.onGap == .bill, before != .unknown {
      emit(before, from: from, to: to, gap: Gap(from: from, to: to, settlement: .billed), into: &facts)
    } else {
      let settlement: Gap.Settlement = isHeld(to.since(from)) ? .held : .skipped
      emit(.unknown, from: from, to: to, gap: Gap(from: from, to: to, settlement: settlement), into: &facts)
    }
  }

  /// A gap as short as a bridge holds no draft, whatever it was.
  private func isHeld(_ span: Span?) -> Bool {
    parameters.onGap == .hold && span.map { $0 > parameters.bridgeLimit } ?? true
  }

  /// A sample came and is not believed. A polled device has its age limit; one that is kept fresh by its
  /// presence would stay in its old state for as long as it says something that nobody understands.
  public mutating func reject(_ rejection: Rejection, at moment: Moment, into facts: inout [Fact]) {
    guard parameters.maxAge == nil, rejection == .unmappedState || rejection == .stale else { return }
    disconnect(at: moment, into: &facts)
  }

  /// The device said that it is gone: nothing is known from the last good reading on.
  public mutating func disconnect(at moment: Moment, into facts: inout [Fact]) {
    guard state != .unknown else { return }
    becomeUnknown(into: &facts)
  }

  private mutating func goStale(ifPastLimitAt now: Moment, into facts: inout [Fact]) {
    guard state != .unknown, let good = lastGood else { return }
    // A device kept fresh by its presence is vouched for by every tick: if none came for so long, be it that the
    // daemon was stopped or the machine asleep, nobody was there to hear that it had gone.
    let limit = parameters.maxAge ?? Gap.notable
    if now.boot != good.boot || now.since(heard ?? good).map({ $0 > limit }) ?? true {
      becomeUnknown(into: &facts)
    }
  }

  private mutating func becomeUnknown(into facts: inout [Fact]) {
    guard let good = lastGood else { return }
    close(at: good, into: &facts)
    facts.append(.changed(channel, from: state, to: .unknown, at: good))
    lastKnown = state
    own.lose(at: good, whileRunning: state == .running)
    state = .unknown
    generation += 1
  }

  public mutating func tick(_ now: Moment, into facts: inout [Fact]) {
    settlePending(with: nil, at: now, into: &facts)
    goStale(ifPastLimitAt: now, into: &facts)
    // A device kept fresh by its presence still does what it last said.
    if parameters.maxAge == nil, state != .unknown, let good = lastGood, now > good { vouch(now) }
    guard state != .unknown, account.run != nil || state.isBusy, let since, let good = lastGood, good > since,
      now.since(since).map({ $0 >= parameters.closeAfter }) ?? false
    else { return }
    close(at: good, into: &facts)
    generation += 1
  }

  /// After a restart: the machine was last heard of at `lastAlive` at the latest, and a gap starts there.
  ///
  /// - Parameter lastAlive: when the daemon last was; `nil`: nobody knows, and all since the
  ///   checkpoint's own last reading is unknown.
  public mutating func resume(lastAlive: Moment?, into facts: inout [Fact]) {
    guard state != .unknown, let good = lastGood else { return }
    if let lastAlive, lastAlive > good { lastGood = lastAlive }
    becomeUnknown(into: &facts)
  }

  /// From here on time is charged to another account.
  public mutating func charge(_ newAccount: Account, at moment: Moment, into facts: inout [Fact]) {
    let moment = max(moment, since ?? moment)
    // Nobody else's readings may tell what was this account's.
    settleWaitingByPolicy(into: &facts)
    own.forget(ifLost: state == .unknown)
    goStale(ifPastLimitAt: moment, into: &facts)
    if state != .unknown {
      close(at: moment, into: &facts)
      // A reading stands until the next one: without this, the time up to here would count as unheard.
      if let good = lastGood, moment > good { lastGood = moment }
    } else if let from = lastGood ?? since, account.run != nil {
      settleUnknownTail(from: from, to: moment, into: &facts)
    }
    if state == .unknown, lastGood.map({ moment > $0 }) ?? false {
      lastGood = moment
      isOthersCycle = true
    }
    since = moment
    account = newAccount
    generation += 1
  }

  /// A run that ends, or begins, while nothing is known: the time up to here is a gap of the old account's.
  private func settleUnknownTail(from: Moment, to: Moment, into facts: inout [Fact]) {
    guard to > from else { return }
    if lastKnown?.isBusy ?? true {
      emitGap(after: lastKnown ?? .unknown, from: from, to: to, into: &facts)
    } else {
      emit(.unknown, from: from, to: to, gap: Gap(from: from, to: to, settlement: .skipped), into: &facts)
    }
  }

  private mutating func close(at moment: Moment, into facts: inout [Fact]) {
    if let since, moment > since { emit(state, from: since, to: moment, gap: nil, into: &facts) }
    since = moment
  }

  private func emit(
    _ state: MachineState, from: Moment, to: Moment, gap: Gap?, into facts: inout [Fact]
  ) {
    // An idle machine without a job is nobody's news.
    guard account.run != nil || state.isBusy else { return }
    facts.append(
      .stretch(
        Stretch(
          channel: channel, account: account, state: state, from: from, to: to, span: to.since(from), gap: gap
        )))
  }

  /// The stretch under way, for a display: up to the newest reading or, while nothing is known, up to now.
  ///
  /// - Returns: `nil` before the first reading of a machine that nobody is charged for, and across a boot.
  public func openStretch(at now: Moment) -> (state: MachineState, span: Span)? {
    guard let since else { return nil }
    guard state != .unknown, let good = lastGood else { return now.since(since).map { (.unknown, $0) } }
    return good.since(since).map { (state, $0) }
  }
}
