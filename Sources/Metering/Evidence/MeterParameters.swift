internal import Measures

/// What a meter must know, of any kind.
public enum MeterParameters: Hashable, Sendable, Codable {
  case scale(ScaleParameters)
  case run(RunParameters)
  case counter(CounterParameters)

  /// How far a line may be from what was read: half a division of a scale; half a watt-hour; fifty milligrams of what a
  /// machine counts, or half a second; no piece.
  func tolerance(on kind: ChannelKind) -> Int64 {
    switch self {
    case .scale(let parameters): parameters.division.base / 2
    case .run: kind == .runningTime ? 500 : 0
    case .counter:
      switch kind {
      case .energy: 500
      case .materialUsed: 50
      case .pieces, .weight, .power, .runningTime, .runState, .action, .task: 0
      }
    }
  }
}

extension Meter {
  public var parameters: MeterParameters {
    switch self {
    case .scale(let meter): .scale(meter.parameters)
    case .run(let meter): .run(meter.parameters)
    case .counter(let meter): .counter(meter.parameters)
    }
  }

  /// A meter that has seen nothing yet.
  public init(_ channel: ChannelID, _ parameters: MeterParameters) {
    switch parameters {
    case .scale(let parameters): self = .scale(ScaleMeter(channel: channel, parameters: parameters))
    case .run(let parameters): self = .run(RunMeter(channel: channel, parameters: parameters))
    case .counter(let parameters): self = .counter(CounterMeter(channel: channel, parameters: parameters))
    }
  }
}
