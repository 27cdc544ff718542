internal import JSON
public import Measures
public import Metering

/// The first line of a recording: the unit of its weights and what its meters must know.
///
/// `{"unit":"g","division":"0.1","max_use_rate":"30g/min","max_age":"10s","on_gap":"hold","counter":"lifetime"}`
public struct RecordingHead: Hashable, Sendable {
  public var unit: MassUnit
  public var scale: ScaleParameters
  public var run: RunParameters
  public var counter: CounterParameters

  static let keys = ["unit", "division", "max_use_rate", "max_age", "presence", "on_gap", "counter"]

  /// - Throws: `RecordingError` naming the key and what it takes.
  static func read(_ line: RecordingLine) throws(RecordingError) -> RecordingHead {
    if line.has("at") {
      throw line.error(
        #"the first line says what the meters must know, such as {"unit":"g","division":"0.1"}; readings follow it"#
      )
    }
    try line.allow(keys)
    let unit =
      try line.word("unit", as: "a unit of mass: g, kg, mg, oz, lb or t") { MassUnit(rawValue: $0) } ?? .g
    let division = try line.value("division", as: "a number above 0, in the unit of the weights") { text in
      Decimal(text).flatMap { Mass($0, unit) }.flatMap { $0 > .zero ? $0 : nil }
    }
    guard let division else {
      throw line.error(
        #"the first line lacks "division", the scale's smallest step, such as {"unit":"g","division":"0.1"}"#)
    }
    let rate = try line.word("max_use_rate", as: "a rate such as 30g/min") { MassRate(text: $0) }
    let age = try line.word("max_age", as: "a duration above 0 such as 10s") { text in
      Span(text: text).flatMap { $0 > .zero ? $0 : nil }
    }
    let onGap = try line.word("on_gap", as: "bill, skip or hold") { GapPolicy(rawValue: $0) }
    let counter = try line.word("counter", as: "lifetime or per_job") { CounterKind(rawValue: $0) }
    let isPresent = try line.flag("presence") ?? false
    let maxAge: Span? = isPresent ? nil : age ?? .seconds(10)
    return RecordingHead(
      unit: unit,
      scale: ScaleParameters(
        division: division, maxUseRate: rate ?? MassRate(milligramsPerMinute: 30_000), maxAge: maxAge),
      run: RunParameters(maxAge: nil, onGap: onGap ?? .hold, countStep: .seconds(1)),
      counter: CounterParameters(maxAge: nil, kind: counter ?? .lifetime))
  }

  /// The same, with other parameters in place of its own.
  public func replacing(maxUseRate: MassRate?, division: Mass?) -> RecordingHead {
    var head = self
    if let maxUseRate { head.scale.maxUseRate = maxUseRate }
    if let division { head.scale.division = division }
    return head
  }

  /// A meter for a channel; `nil` where nothing is metered on such.
  func meter(_ channel: ChannelID) -> Meter? {
    switch channel.kind {
    case .weight: Meter(channel, .scale(scale))
    case .runState: Meter(channel, .run(run))
    case .energy, .materialUsed, .pieces: Meter(channel, .counter(counter))
    case .power, .runningTime, .action, .task: nil
    }
  }
}
