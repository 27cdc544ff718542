public import Measures
public import Metering

/// The part of one configuration version that jobs and costing are judged by; immutable, named by its hash.
public struct Rules: Hashable, Sendable, Codable {
  public var version: RulesVersion
  public var workCenters: [WorkCenterID: WorkCenterRules]
  public var priceList: PriceList
  public var customers: [CustomerID: Customer]
  public var billing: BillingRules
  public var completion: CompletionRules
  /// A grace after completion in which `job.reopen` cancels the draft unseen.
  public var draftDelay: Span
  public var requiresSynchronizedClock: Bool

  public init(
    version: RulesVersion, workCenters: [WorkCenterID: WorkCenterRules], priceList: PriceList,
    customers: [CustomerID: Customer], billing: BillingRules = BillingRules(),
    completion: CompletionRules = CompletionRules(), draftDelay: Span = .zero,
    requiresSynchronizedClock: Bool = false
  ) {
    self.version = version
    self.workCenters = workCenters
    self.priceList = priceList
    self.customers = customers
    self.billing = billing
    self.completion = completion
    self.draftDelay = draftDelay
    self.requiresSynchronizedClock = requiresSynchronizedClock
  }
}

/// Where work is done: one machine with its scales, energy meter and buttons.
public struct WorkCenterRules: Hashable, Sendable, Codable {
  public enum RunEnd: Hashable, Sendable, Codable {
    /// When the machine itself says its cycle ended.
    case done
    /// Only when an operator says so.
    case command
    /// After the machine was idle so long.
    case idleFor(Span)
  }

  public var name: String?
  /// `nil`: no run-state channel; the timer runs from start to pause and is marked manual.
  public var runState: ChannelID?
  public var scales: [ChannelID]
  public var energy: ChannelID?
  /// What the machine says it used: billed where there is no scale, else held against it.
  public var materialUsed: ChannelID?
  /// What the machine says it made.
  public var pieces: ChannelID?
  public var buttons: [DeviceID]
  /// `nil`: machine time is tallied and shown, not billed.
  public var machineRate: RateID?
  public var runEnds: RunEnd
  /// Sorted, so that equal rules are equal bytes.
  public var billable: [MachineState]
  public var onGap: GapPolicy
  /// The fastest that material can plausibly be used here.
  public var maxUseRate: MassRate

  public init(
    name: String? = nil, runState: ChannelID? = nil, scales: [ChannelID] = [], energy: ChannelID? = nil,
    buttons: [DeviceID] = [], machineRate: RateID? = nil, runEnds: RunEnd = .command,
    billable: Set<MachineState> = [.preparing, .running], onGap: GapPolicy = .hold,
    maxUseRate: MassRate = MassRate(milligramsPerMinute: 30_000)
  ) {
    self.name = name
    self.runState = runState
    self.scales = scales
    self.energy = energy
    self.buttons = buttons
    self.machineRate = machineRate
    self.runEnds = runEnds
    self.billable = billable.sorted { $0.rawValue < $1.rawValue }
    self.onGap = onGap
    self.maxUseRate = maxUseRate
  }

  /// The channels whose use is settled after a run ends.
  public var cumulativeChannels: [ChannelID] { scales + [energy, materialUsed, pieces].compactMap { $0 } }
}

public struct Customer: Hashable, Sendable, Codable {
  public enum Delivery: String, Hashable, Sendable, Codable { case draft, autoSend = "auto_send" }

  public var ref: CustomerID
  public var name: String?
  /// Percent; wins over the shop's, loses to the job's.
  public var markup: Percentages?
  public var terms: String?
  public var delivery: Delivery
  /// Percent that is withheld of each progress draw; wins over the shop's.
  public var retainage: Decimal?
  /// When its complete jobs are billed, several on one draft; `nil`: each by itself, at once.
  public var batch: BatchRule?

  public init(
    ref: CustomerID, name: String? = nil, markup: Percentages? = nil, terms: String? = nil,
    delivery: Delivery = .draft, retainage: Decimal? = nil, batch: BatchRule? = nil
  ) {
    self.ref = ref
    self.name = name
    self.markup = markup
    self.terms = terms
    self.delivery = delivery
    self.retainage = retainage
    self.batch = batch
  }
}

/// When the complete jobs of a customer come onto a draft together, by the shop's calendar.
public enum BatchRule: String, Hashable, Sendable, Codable, CaseIterable {
  case daily
  /// When a week is over, with its Sunday (ISO 8601).
  case weekly
  case monthly
  /// Only with `billing.batch`.
  case onCommand = "on_command"

  /// For people.
  public var words: String { self == .onCommand ? "on command" : rawValue }
}
