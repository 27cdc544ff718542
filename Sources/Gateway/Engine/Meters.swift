import Devices
import Jobs
import Measures
import Metering

/// The meters of every work center, by channel, and what stands between readings and them: power that tells
/// a run state, and buttons that bounce.
struct Meters: Sendable {
  private(set) var meters: [ChannelID: Meter] = [:]
  /// Facts of one tick come in the same order every time.
  private let order: [ChannelID]
  private var classifiers: [ChannelID: PowerClassifier] = [:]
  private var gates: [DeviceID: ButtonGate] = [:]
  /// The scales at the machine of a run state: what it does while they cannot be read tells what it used.
  private var scales: [ChannelID: [ChannelID]] = [:]
  /// Scales at machines that nobody watches.
  private var unwatched: [ChannelID] = []
  /// What the scales of a machine were told that it does.
  private var told: [ChannelID: MachineState] = [:]
  /// The generation that is on disk.
  private var stored: [ChannelID: Int] = [:]

  /// What is read, for as long as a run is open.
  var traces: Traces

  /// Meters that nothing is wired to any more: what they have counted is handed over, and their checkpoints go.
  private(set) var abandoned: [Meter] = []

  /// Builds a meter for every channel that a work center uses; those with a checkpoint go on from it. So does one
  /// that is wired no more but still counts for a run: what it has seen is billed, and what it no longer sees is
  /// marked.
  ///
  /// - Parameters:
  ///   - traces: of the runs that go on.
  ///   - unreadable: channels whose traces are there, and cannot be read: nothing is written over them.
  init(
    rules: Rules, devices: [DeviceDescription], checkpoints: [ChannelID: Meter],
    traces found: [(run: RunID, trace: Trace)] = [], unreadable: [ChannelID] = []
  ) {
    traces = Traces(meters: [:])
    let described = Dictionary(devices.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for place in rules.workCenters.values {
      if let runState = place.runState {
        scales[runState, default: []] += place.scales
      } else {
        unwatched += place.scales
      }
      for channel in place.cumulativeChannels + [place.runState].compactMap({ $0 }) {
        guard let device = described[channel.device] else { continue }
        meters[channel] = Self.meter(channel, at: place, device: device, from: checkpoints[channel])
        if checkpoints[channel] != nil { stored[channel] = meters[channel]?.generation }
      }
    }
    for (channel, checkpoint) in checkpoints.sorted(by: { $0.key < $1.key }) where meters[channel] == nil {
      if checkpoint.account.run != nil {
        meters[channel] = checkpoint
        stored[channel] = checkpoint.generation
      } else {
        abandoned.append(checkpoint)
      }
    }
    order = meters.keys.sorted()
    traces = Traces(meters: meters)
    for meter in meters.values {
      guard let run = meter.account.run else { continue }
      // One whose trace is lost begins here.
      traces.begin(run, on: meter.channel)
    }
    for (run, trace) in found
    where meters.values.contains(where: { $0.takes(trace.head.channel) && $0.account.run == run }) {
      traces.resume(run, trace)
    }
    for channel in unreadable { traces.leaveOut(channel) }
    for device in devices {
      guard let thresholds = device.runStateFromPower else { continue }
      var known: MachineState?
      if case .run(let meter) = checkpoints[ChannelID(device.id, .runState)] { known = meter.state }
      classifiers[ChannelID(device.id, .power)] = PowerClassifier(thresholds: thresholds, known: known)
    }
  }

  /// Takes a new configuration over. What is on disk of a meter is still on disk, and what is not is still not:
  /// a checkpoint behind its journal would count the difference twice.
  mutating func rewire(
    rules: Rules, devices: [DeviceDescription], at moment: Moment, into facts: inout [Fact]
  ) {
    let before = self
    self = Meters(rules: rules, devices: devices, checkpoints: meters)
    stored = before.stored
    traces.adopt(before.traces)
    for meter in abandoned { stored[meter.channel] = nil }
    // Devices stay as they are in a reload, and so does what is known of them.
    classifiers = before.classifiers
    gates = before.gates
    setToWork(at: moment)
    handOver(at: moment, into: &facts)
  }

  /// What left a scale, or ran, with no job open is nobody's, but not nothing: it is told before its meter goes.
  func handOver(at moment: Moment, into facts: inout [Fact]) {
    for var meter in abandoned { meter.charge(.nobody, at: moment, into: &facts) }
  }

  private static func meter(
    _ channel: ChannelID, at place: WorkCenterRules, device: DeviceDescription, from checkpoint: Meter?
  ) -> Meter {
    switch channel.kind {
    case .weight:
      let parameters = ScaleParameters(
        division: device.division ?? Mass(milligrams: 1000), maxUseRate: place.maxUseRate,
        maxAge: device.maxAge)
      guard case .scale(var meter) = checkpoint else {
        return .scale(ScaleMeter(channel: channel, parameters: parameters))
      }
      meter.parameters = parameters
      return .scale(meter)
    case .runState:
      let parameters = RunParameters(
        maxAge: device.maxAge, onGap: place.onGap, countStep: device.runningTimeStep)
      guard case .run(var meter) = checkpoint else {
        return .run(RunMeter(channel: channel, parameters: parameters))
      }
      meter.parameters = parameters
      return .run(meter)
    default:
      let parameters = CounterParameters(
        maxAge: device.maxAge, kind: device.counterKind(of: channel.kind),
        rollOver: device.rollOver(of: channel.kind))
      guard case .counter(var meter) = checkpoint else {
        return .counter(CounterMeter(channel: channel, parameters: parameters))
      }
      meter.parameters = parameters
      return .counter(meter)
    }
  }

  /// Takes one reading in: facts come out for the shop, or a press.
  mutating func take(_ reading: Reading, into facts: inout [Fact]) -> ButtonAction? {
    switch reading.value {
    case .action(let action):
      let isNew = gates[reading.channel.device, default: ButtonGate()].admits(action, at: reading.at)
      return isNew ? action : nil
    case .power(let power):
      let state = ChannelID(reading.channel.device, .runState)
      guard let word = classifiers[reading.channel]?.classify(power, at: reading.at) else { return nil }
      feed(Reading(channel: state, at: reading.at, value: .state(word)), into: &facts)
    case .rejected where classifiers[reading.channel] != nil:
      // Whoever is judged by power is gone, or in doubt, with it.
      classifiers[reading.channel]?.interrupt()
      let state = ChannelID(reading.channel.device, .runState)
      feed(Reading(channel: state, at: reading.at, value: reading.value), into: &facts)
    default: feed(reading, into: &facts)
    }
    return nil
  }

  private mutating func feed(_ reading: Reading, into facts: inout [Fact]) {
    let known = facts.count
    let isOwnCount = reading.channel.kind == .runningTime
    let channel = isOwnCount ? ChannelID(reading.channel.device, .runState) : reading.channel
    meters[channel]?.apply(reading, into: &facts)
    traces.take(reading)
    endTraces(after: facts[known...])
    if channel.kind == .runState { tellScales(of: channel, at: reading.at) }
  }

  private mutating func endTraces(after facts: ArraySlice<Fact>) {
    for case .settled(let channel, let run, _) in facts { traces.end(run, on: channel) }
  }

  mutating func tick(_ now: Moment, into facts: inout [Fact]) {
    let known = facts.count
    defer { endTraces(after: facts[known...]) }
    for channel in order {
      judgeSilence(on: channel, now, into: &facts)
      meters[channel]?.tick(now, into: &facts)
      if channel.kind == .runState { tellScales(of: channel, at: now) }
    }
  }

  /// The scales at a machine learn what it does, from the first that is known of it: unknown is standing.
  private mutating func tellScales(of machine: ChannelID, at moment: Moment) {
    guard let scales = scales[machine], let state = state(of: machine),
      told[machine] != state, told[machine] != nil || state != .unknown
    else { return }
    told[machine] = state
    for scale in scales { meters[scale]?.note(state, at: moment) }
  }

  /// A machine that is watched no more works as long as its run lasts.
  private mutating func setToWork(at moment: Moment) {
    for scale in unwatched { meters[scale]?.note(nil, at: moment) }
  }

  /// A plug that is kept fresh by its presence need not repeat itself for a machine to be running, or idle.
  private mutating func judgeSilence(on channel: ChannelID, _ now: Moment, into facts: inout [Fact]) {
    guard case .run(let meter) = meters[channel], meter.parameters.maxAge == nil,
      let word = classifiers[ChannelID(channel.device, .power)]?.pass(to: now)
    else { return }
    feed(Reading(channel: channel, at: now, value: .state(word)), into: &facts)
  }

  mutating func charge(_ channel: ChannelID, _ account: Account, at moment: Moment, into facts: inout [Fact])
  {
    let known = facts.count
    meters[channel]?.charge(account, at: moment, into: &facts)
    endTraces(after: facts[known...])
    if let run = account.run, meters[channel] != nil { traces.begin(run, on: channel) }
  }

  /// A channel without a meter has nothing to wait for.
  mutating func settle(_ channel: ChannelID, _ run: RunID, at moment: Moment, into facts: inout [Fact]) {
    let known = facts.count
    if meters[channel] == nil {
      facts.append(.settled(channel, run: run, at: moment))
    } else {
      meters[channel]?.settle(run, at: moment, into: &facts)
    }
    endTraces(after: facts[known...])
    // Machine time ends at once, without a word.
    if channel.kind == .runState { traces.end(run, on: channel) }
  }

  mutating func resume(lastAlive: Moment?, at now: Moment, into facts: inout [Fact]) {
    for channel in order { meters[channel]?.resume(lastAlive: lastAlive, into: &facts) }
    setToWork(at: now)
  }

  /// Meters whose checkpoint on disk is behind.
  var unstored: [Meter] {
    meters.values.filter { stored[$0.channel] != $0.generation }
  }

  mutating func markStored(_ written: [Meter]) {
    for meter in written { stored[meter.channel] = meter.generation }
  }

  /// What a scale or counter has counted since its open segment began, for a display.
  func openAmount(_ channel: ChannelID) -> Int64 {
    switch meters[channel] {
    case .scale(let meter): meter.openUse.base
    case .counter(let meter): meter.openCount
    default: 0
    }
  }

  /// To whom a scale's use is being charged.
  func account(_ channel: ChannelID) -> Account {
    meters[channel]?.account ?? .nobody
  }

  func openStretch(_ channel: ChannelID, at now: Moment) -> (state: MachineState, span: Span)? {
    guard case .run(let meter) = meters[channel] else { return nil }
    return meter.openStretch(at: now)
  }

  /// What a machine is doing; `nil` where nothing is timed.
  func state(of channel: ChannelID) -> MachineState? {
    guard case .run(let meter) = meters[channel] else { return nil }
    return meter.state
  }
}
