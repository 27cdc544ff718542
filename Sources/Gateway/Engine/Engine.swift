import Configuration
import Contract
import Costing
import Devices
import Glibc
import Jobs
import Journal
import Logging
import Measures
import Metering
import Synchronization

/// The one writer: takes what has come, runs the pure core over it, commits everything that came of it in
/// one transaction, and only then lets anything be acknowledged or published.
///
/// Synchronous, on a thread of its own: while a commit runs, the next batch gathers in the inbox. It waits
/// for nothing but the disk; its effects go into outboxes.
///
/// Safe to share because everything but `inbox` and `lastTick` is touched on its own thread only.
final class Engine: @unchecked Sendable {
  /// Meters are ticked, and states published, this often.
  static let tickInterval = Span.milliseconds(250)
  /// Ninety days.
  static let replyLifetime = Span.minutes(90 * 24 * 60)
  /// A thousand an hour keeps up with any shop, and keeps each commit short.
  static let pruningInterval = Span.minutes(60)

  let inbox: Inbox
  let clock: GatewayClock
  let log: Logger
  let topics: Topics
  let store: JournalStore
  let outward: Outward
  /// BOOTTIME of the last round: the watchdog is fed only while it moves.
  let lastTick = Atomic<Int64>(0)

  let startedAt: Moment
  var configuration: Configuration
  var state: EngineState
  var live: LiveDevices
  var aftermath = Aftermath()
  private var lastCommit: Span
  private var nextTick: Span
  private var nextPruning: Span
  private var heartbeat: Heartbeat
  var calendar = ShopCalendar()
  private let unreadableTraces: [(channel: ChannelID, fault: String)]
  var unanswered = Unanswered()
  /// It was said that evidence cannot be stored.
  var isTraceRefused = false
  /// A machine changed its state since the last commit.
  private var hasChange = false
  /// When the disk last refused; `nil` while it takes writes. Said once, and again when it takes them again.
  private var refusedAt: Span?

  init(
    configuration: Configuration, clock: GatewayClock, store: JournalStore, loaded: LoadedState,
    heartbeat: Heartbeat, outward: Outward, log: Logger
  ) {
    self.configuration = configuration
    self.clock = clock
    self.store = store
    self.heartbeat = heartbeat
    unreadableTraces = loaded.unreadableTraces
    self.outward = outward
    self.log = log
    startedAt = clock.now()
    topics = Topics(gateway: configuration.gateway.id)
    inbox = Inbox(clock: clock)
    live = LiveDevices(configuration.devices)
    state = EngineState(
      books: Books(shop: loaded.shop),
      meters: Meters(
        rules: configuration.rules, devices: configuration.devices, checkpoints: loaded.checkpoints,
        traces: loaded.traces, unreadable: loaded.unreadableTraces.map(\.channel)),
      batch: store.newBatch(), storedCounters: loaded.shop.counters)
    lastCommit = GatewayClock.uptime()
    nextTick = lastCommit
    nextPruning = lastCommit
  }

  /// Brings the loaded state up to now: the series, the configuration, and the gap since the last heartbeat.
  func begin() throws(JournalError) {
    let now = clock.now()
    for (channel, fault) in unreadableTraces {
      log.error("what was kept of \(channel) cannot be read, and is left as it is: \(fault)")
    }
    if state.books.shop.counters.series.isEmpty { apply(.founded(series: store.series, at: now)) }
    // While what it was wired to is still known.
    var facts: [Fact] = []
    state.meters.handOver(at: now, into: &facts)
    settle(facts)
    if state.books.shop.counters.inForce != configuration.version {
      apply(.configured(configuration.rules, at: now))
    }
    facts.removeAll()
    state.meters.resume(lastAlive: heartbeat.lastAlive, at: now, into: &facts)
    dropAbandoned()
    facts += unmeteredSettlements(at: now)
    settle(facts)
    beginDay(now)
    guard commit(now) else {
      throw JournalError(.full, "the state directory takes no writes; free some space")
    }
    outward.adopt(pending: try store.pendingDrafts(), events: try store.events())
    outward.board.touchEverything()
    performAftermath(isCommitted: true)
  }

  /// Their facts are in the same transaction, so that nothing is counted twice.
  func dropAbandoned() {
    for meter in state.meters.abandoned {
      state.batch.put(state: StateRecord.Kind.meter.rawValue, id: meter.channel.description, body: nil)
    }
  }

  /// A run may still wait for a channel that the configuration no longer has.
  func unmeteredSettlements(at now: Moment) -> [Fact] {
    state.books.shop.runs.rows.values.filter { $0.endedAt != nil && !$0.awaiting.isEmpty }
      .sorted { $0.id < $1.id }
      .flatMap { run in
        run.awaiting.filter { state.meters.meters[$0] == nil }.map { .settled($0, run: run.id, at: now) }
      }
  }

  /// Runs until the inbox is closed and empty. Call on the engine's own thread.
  func run() {
    while true {
      let taken = inbox.take(until: nextTick)
      lastTick.store(GatewayClock.uptime().milliseconds, ordering: .relaxed)
      round(taken.inputs, at: taken.now, isLast: taken.isLast)
      if taken.displaced > 0 {
        log.warning("the inbox was full: \(taken.displaced) readings gave way to newer ones")
      }
      if taken.droppedPresses > 0 {
        log.warning("the inbox was full: \(taken.droppedPresses) presses of buttons were dropped")
      }
      if taken.isLast { return }
    }
  }

  private func round(_ inputs: [Input], at now: Moment, isLast: Bool) {
    let isUrgent = inputs.contains(where: \.isUrgent)
    let before = isUrgent ? Before(state: state, aftermath: aftermath, configuration: configuration) : nil
    for input in inputs { take(input) }
    let isTick = now.uptime >= nextTick || isLast
    if isTick {
      nextTick = now.uptime + Self.tickInterval
      tick(now)
    }
    let isDue = now.uptime - lastCommit >= configuration.gateway.commitInterval
    if isUrgent || isDue || isLast || (hasChange && isTick) {
      if commit(now, isLast: isLast) {
        performAftermath(isCommitted: true)
      } else if let before {
        undo(to: before, inputs)
      }
    }
    // With a thousand devices a round comes with every message: what looks at everything waits for the tick.
    if isTick || isUrgent { passDeadlineIfDue(now) }
    outward.send(at: now, from: store)
    if isTick { outward.publishState(at: now, from: self) }
  }

  private func take(_ input: Input) {
    switch input.content {
    case .readings(let readings): take(readings)
    case .command(let request): take(request, at: input.at)
    case .billing(let message): take(message, at: input.at)
    case .delivered(let event):
      state.batch.removeEvent(event)
      outward.delivered(event: event)
    case .link(let change): take(change)
    case .reach(let device, let reach): live.note(reach, of: device)
    case .retainedStates(let found): outward.board.clearLeftovers(found, of: self)
    case .question(let question): question.answer(answer(question.subject, at: input.at))
    case .reload(let reload): take(reload, at: input.at)
    }
  }

  private func take(_ readings: [Reading]) {
    var facts: [Fact] = []
    for reading in readings {
      live.take(reading)
      if case .task(let text) = reading.value {
        settle(facts)
        facts.removeAll()
        name(text, of: reading.channel, at: reading.at)
        continue
      }
      guard let action = state.meters.take(reading, into: &facts) else { continue }
      settle(facts)
      facts.removeAll()
      apply(.pressed(reading.channel.device, action, at: reading.at))
    }
    settle(facts)
  }

  /// What a machine says it works on may name a job; only a change is worth a row.
  private func name(_ text: String, of channel: ChannelID, at moment: Moment) {
    guard let pattern = configuration.tasks[channel],
      state.books.shop.workCenters[pattern.workCenter]?.task?.text != text
    else { return }
    apply(.tasked(pattern.workCenter, pattern.name(text), at: moment))
  }

  private func tick(_ now: Moment) {
    // What is not on disk yet would be lost in a crash, so nothing after the last agreement is vouched for.
    if state.batch.isEmpty, state.meters.unstored.isEmpty { heartbeat.beat(now) }
    var facts: [Fact] = []
    state.meters.tick(now, into: &facts)
    settle(facts)
    live.age(to: now)
    beginDay(now)
    pruneReplies(now)
    warnOfUnanswered(at: now)
  }

  /// Replies are kept so that a repeated command gets its own again, but not for ever.
  ///
  /// Deleting nothing dirties no page, so an idle daemon writes nothing by this.
  private func pruneReplies(_ now: Moment) {
    // A clock that only claims to be ninety days on must not make a command count twice.
    guard now.uptime >= nextPruning, now.isWallTrusted else { return }
    nextPruning = now.uptime + Self.pruningInterval
    state.batch.pruneReplies(
      beforeMilliseconds: now.wall.milliseconds - Self.replyLifetime.milliseconds, limit: 1_000)
  }

  // MARK: The funnel

  /// The one way anything changes the books: journaled, applied, and its effects followed.
  func apply(_ event: Event) {
    journal(event)
    for outcome in state.books.apply(event) {
      switch outcome {
      case .effect(let effect): follow(effect)
      case .draft(let draft): store(draft)
      }
    }
  }

  func settle(_ facts: [Fact]) {
    for fact in facts {
      note(fact)
      apply(.fact(fact))
    }
  }

  /// A machine's change of state is committed at the next tick: unlike a gram, it cannot be measured again after a
  /// crash. A load that a hand changed in mid-run is worth a line in the log.
  private func note(_ fact: Fact) {
    switch fact {
    case .changed(let channel, _, _, _):
      hasChange = true
      live.noteChange(of: channel.device)
    case .loaded(let channel, let mass, _):
      guard let run = state.meters.account(channel).run else { return }
      let story = mass.isNegative ? "\(mass.magnitude) left at once" : "\(mass) were put on"
      log.warning("\(channel.device): \(story) during run \(run): a hand, not use (see max_use_rate)")
    case .segment, .stretch, .settled: break
    }
  }

  private func follow(_ effect: Effect) {
    var facts: [Fact] = []
    switch effect {
    case .charge(let channel, let account, let at):
      state.meters.charge(channel, account, at: at, into: &facts)
    case .settle(let channel, let run, let at): state.meters.settle(channel, run, at: at, into: &facts)
    case .replied(let receipt): outcomeOfCommand = .success(receipt)
    case .refused(let refusal): outcomeOfCommand = .failure(refusal)
    case .answered(let place, let action): aftermath.feedback.append((place, action))
    case .usage(let id): announce(usage: id)
    case .raised(let id): announce(alarm: id)
    case .resend(let id, let revision): resend(DraftKey(id: id, revision: revision))
    case .superseded(let id, let revision): supersede(DraftKey(id: id, revision: revision))
    case .again(let id, let revision): sendAgain(DraftKey(id: id, revision: revision))
    case .ledger: aftermath.isLedgerDue = true
    }
    settle(facts)
  }

  /// What the shop said to the command being applied.
  var outcomeOfCommand: Result<Receipt, Refusal>?

  // MARK: Committing

  /// Stores everything gathered since the last commit in one transaction; nothing to store is no I/O.
  ///
  /// - Parameter isLast: no other follows, so the traces go with it, whether there is anything else or not.
  func commit(_ now: Moment, isLast: Bool = false) -> Bool {
    var batch = state.batch
    var books = state.books
    let meters = state.meters.unstored
    for record in records(of: &books, meters) {
      batch.put(state: record.kind.rawValue, id: record.id, body: record.bytes)
    }
    lastCommit = now.uptime
    hasChange = false
    if isLast { state.meters.traces.close() }
    // What is only to be looked at is no reason to write.
    guard !batch.isEmpty || isLast else { return true }
    putTraces(into: &batch)
    do {
      let outcome = try store.commit(batch)
      noteTraces(outcome.traceError)
      outward.forget(events: outcome.droppedEvents)
    } catch {
      refuse(error, at: now)
      return false
    }
    if refusedAt != nil {
      refusedAt = nil
      log.notice("the state directory takes writes again")
    }
    outward.board.touch(books.shop, since: state.books.shop)
    state.books = books
    state.storedCounters = books.shop.counters
    state.meters.markStored(meters)
    state.batch = store.newBatch()
    return true
  }

  private func records(of books: inout Books, _ meters: [Meter]) -> [StateRecord] {
    let isCounted = books.shop.counters != state.storedCounters
    let records = written { () throws(ContractError) in try books.shop.takeStateRecords() }
    let checkpoints = meters.map { meter in written { () throws(ContractError) in try StateRecord(meter) } }
    return records.filter { $0.kind != .counters || isCounted } + checkpoints
  }

  private func refuse(_ error: JournalError, at now: Moment) {
    switch error.kind {
    case .full, .busy:
      if refusedAt == nil { log.error("\(error); nothing is acknowledged until the disk takes writes again") }
      refusedAt = now.uptime
    default:
      // Going on without knowing what is on disk would be guessing; the service manager starts us anew.
      log.critical("\(error); the daemon stops, nothing was lost that was acknowledged")
      // No acknowledgment leaves: the links still wait for this round.
      exit(74)
    }
  }

  /// What a round starts from, to go back to if its commit fails.
  private struct Before {
    let state: EngineState
    /// Of earlier rounds, which still wait for their commit.
    let aftermath: Aftermath
    let configuration: Configuration
  }

  /// The commit failed: what somebody asked for did not happen; what the devices did, did.
  private func undo(to before: Before, _ inputs: [Input]) {
    performAftermath(isCommitted: false)
    state = before.state
    aftermath = before.aftermath
    configuration = before.configuration
    for input in inputs {
      switch input.content {
      // A press that could not be stored did not happen; the operator sees no feedback and presses again.
      case .readings(let readings):
        take(readings.filter { !$0.isPress })
      case .delivered, .reload: take(input)
      // Answered already, or answered with a failure.
      case .command, .billing, .question, .link, .reach, .retainedStates: break
      }
    }
  }

  /// Lets what is due happen. A draft carries the hash of its evidence, so the evidence is committed first.
  private func passDeadlineIfDue(_ now: Moment) {
    // A disk that refuses is asked again at the commit interval, not at every tick. By its own last word: in a
    // quiet shop the commits in between have nothing to store, and do not ask it.
    if let refusedAt, now.uptime - refusedAt < configuration.gateway.commitInterval { return }
    guard state.books.isDue(at: now), commit(now) else { return }
    performAftermath(isCommitted: true)
    let before = state
    apply(.deadline(at: now))
    if commit(now) {
      performAftermath(isCommitted: true)
    } else {
      state = before
      aftermath = Aftermath()
    }
  }

  private func performAftermath(isCommitted: Bool) {
    let done = aftermath
    aftermath = Aftermath()
    for finish in done.finish { finish(isCommitted) }
    guard isCommitted else { return }
    outward.take(done, feedback: configuration.feedback)
  }
}
