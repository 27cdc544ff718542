public import Costing
public import Jobs
public import Measures
public import Metering

/// Drives `Books` as the engine would, with real meters on a small physical world and a clock set by hand.
///
/// Every event goes: apply → route charges and settlements to the meters → their facts back as events until
/// quiet → deadlines. The world reports every channel once a second.
public struct Shopfloor {
  public private(set) var books = Books()
  /// What the journal would hold: folding it again must give the same books and drafts.
  public private(set) var events: [Event] = []
  public private(set) var drafts: [InvoiceDraft] = []
  public private(set) var effects: [Effect] = []
  /// What must never happen and did.
  public private(set) var faults: [String] = []
  public var meters: [ChannelID: Meter] = [:]
  private var channels: [ChannelID] = []
  public var now: Moment

  // The world as it is.
  public var weights: [DeviceID: Int64] = [:]
  public var states: [DeviceID: MachineState] = [:]
  public var counters: [DeviceID: Int64] = [:]
  /// What machines say themselves: milligrams, and pieces.
  public var told: [ChannelID: Int64] = [:]
  /// Milligrams that leave a scale in a second.
  public var use: [DeviceID: Int64] = [:]
  /// Milliwatt-hours that a counter counts in a second.
  public var draw: [DeviceID: Int64] = [:]
  public var silent: Set<DeviceID> = []
  public var deadlinesAreHeeded = true

  public static let start = WallTime(milliseconds: 1_795_000_000_000)

  public init(_ rules: Rules = .sample(), series: String = "K7Q2ZP") {
    now = Moment(boot: 1, uptime: .seconds(100), wall: Self.start, isWallTrusted: true)
    apply(.founded(series: series, at: now))
    configure(rules)
  }

  public var shop: Shop { books.shop }

  public mutating func configure(_ rules: Rules) {
    for place in rules.workCenters.values {
      if let channel = place.runState, meters[channel] == nil {
        let parameters = RunParameters(maxAge: .seconds(5), onGap: place.onGap)
        meters[channel] = .run(RunMeter(channel: channel, parameters: parameters))
      }
      for scale in place.scales where meters[scale] == nil {
        let parameters = ScaleParameters(
          division: Mass(milligrams: 100), maxUseRate: place.maxUseRate, maxAge: .seconds(5))
        meters[scale] = .scale(ScaleMeter(channel: scale, parameters: parameters))
      }
      for counter in [place.energy, place.materialUsed, place.pieces].compactMap({ $0 })
      where meters[counter] == nil {
        meters[counter] = .counter(
          CounterMeter(channel: counter, parameters: CounterParameters(maxAge: .seconds(5))))
      }
    }
    channels = meters.keys.sorted()
    apply(.configured(rules, at: now))
  }

  // MARK: Events

  /// One event and everything that follows from it at this moment.
  public mutating func apply(_ event: Event) {
    var queue = [event]
    var next = 0
    while next < queue.count {
      let event = queue[next]
      next += 1
      events.append(event)
      for outcome in books.apply(event) {
        switch outcome {
        case .draft(let draft): drafts.append(draft)
        case .effect(let effect):
          effects.append(effect)
          queue += facts(answering: effect).map(Event.fact)
        }
      }
    }
    heedDeadlines()
  }

  /// A deadline that is still due once it was applied would spin the engine for ever.
  private mutating func heedDeadlines() {
    guard deadlinesAreHeeded, books.isDue(at: now) else { return }
    deadlinesAreHeeded = false
    apply(.deadline(at: now))
    deadlinesAreHeeded = true
    if books.isDue(at: now) { faults.append("a deadline is due again at once, at \(now)") }
  }

  private mutating func facts(answering effect: Effect) -> [Fact] {
    var facts: [Fact] = []
    switch effect {
    case .charge(let channel, let account, let at): meters[channel]?.charge(account, at: at, into: &facts)
    case .settle(let channel, let run, let at): meters[channel]?.settle(run, at: at, into: &facts)
    default: break
    }
    return facts
  }

  @discardableResult
  public mutating func send(_ command: Command, by actor: ActorID = "alice") -> Result<Receipt, Refusal> {
    let before = effects.count
    apply(.command(command, by: actor, at: now))
    for effect in effects[before...] {
      if case .replied(let receipt) = effect { return .success(receipt) }
      if case .refused(let refusal) = effect { return .failure(refusal) }
    }
    return .failure(Refusal(.unavailable, "no reply at all"))
  }

  public mutating func press(_ device: DeviceID, _ action: ButtonAction) {
    apply(.pressed(device, action, at: now))
  }

  @discardableResult
  public mutating func acknowledge(
    _ draft: InvoiceDraft, _ answer: Acknowledgment = .accepted(reference: "B-1")
  ) -> Self {
    apply(.acknowledged(draft.id, revision: draft.revision, answer, at: now))
    return self
  }

  // MARK: Time

  /// Lets time pass in steps of a second (or less), the world going on as it is set.
  public mutating func pass(_ span: Span, step: Span = .seconds(1)) {
    var left = span
    while left > .zero {
      let piece = min(step, left)
      left -= piece
      now = now.advanced(by: piece)
      for (device, rate) in use { weights[device]? -= rate * piece.milliseconds / 1000 }
      for (device, rate) in draw { counters[device]? += rate * piece.milliseconds / 1000 }
      observe()
    }
  }

  /// Every device reports where it stands, and every meter hears that time has passed.
  public mutating func observe(only device: DeviceID? = nil) {
    for channel in channels where device == nil || channel.device == device {
      var facts: [Fact] = []
      if !silent.contains(channel.device), let value = reading(of: channel) {
        meters[channel]?.apply(Reading(channel: channel, at: now, value: value), into: &facts)
      }
      meters[channel]?.tick(now, into: &facts)
      for fact in facts { apply(.fact(fact)) }
    }
    heedDeadlines()
  }

  private func reading(of channel: ChannelID) -> ReadingValue? {
    switch channel.kind {
    case .weight: weights[channel.device].map { .weight(Mass(milligrams: $0), stable: nil) }
    case .runState: states[channel.device].map(ReadingValue.state)
    case .energy: counters[channel.device].map { .energy(Energy(milliwattHours: $0)) }
    case .materialUsed, .pieces: told[channel].map(ReadingValue.count)
    case .power, .runningTime, .action, .task: nil
    }
  }

  /// As the engine would say it, in UTC.
  public mutating func beginDay() {
    guard now.isWallTrusted, shop.clockFault(at: now) == nil,
      let day = Day(String(now.wall.description.prefix(10))), shop.counters.today.map({ $0 < day }) ?? true
    else { return }
    apply(.dayBegan(day, at: now))
  }

  /// The machine was rebooted: another boot's clock, and every meter resumes from its checkpoint.
  public mutating func reboot(after span: Span, isWallTrusted: Bool) {
    let lastAlive = now
    now = Moment(
      boot: now.boot + 1, uptime: .seconds(30), wall: now.wall.advanced(by: span),
      isWallTrusted: isWallTrusted)
    for channel in channels {
      var facts: [Fact] = []
      meters[channel]?.resume(lastAlive: lastAlive, into: &facts)
      for fact in facts { apply(.fact(fact)) }
    }
  }

  /// The same drafts and the same books from the journal alone: what `verify` does.
  public func foldedAgain() -> (books: Books, drafts: [InvoiceDraft]) {
    var books = Books()
    var drafts: [InvoiceDraft] = []
    for event in events {
      for case .draft(let draft) in books.apply(event) { drafts.append(draft) }
    }
    return (books, drafts)
  }
}
