public import Measures
public import Metering

extension DeviceDecoder {
  /// The readings of one sweep. A wired button gives one only when it is pressed or released.
  public mutating func decode(image: some RegisterSource, at moment: Moment) -> [Reading] {
    guard case .modbus(let modbus) = device.transport else { return [] }
    if let heartbeat = modbus.heartbeat, !pulse.isAlive(heartbeat, in: image, at: moment) {
      return reject(.frozen, at: moment)
    }
    var readings: [Reading] = []
    readings.reserveCapacity(modbus.channels.count)
    for channel in modbus.channels {
      guard let value = value(of: channel, in: image, poll: modbus.poll, at: moment) else { continue }
      let likely = checked(value, of: channel.kind, by: channel.plausibility, at: moment)
      readings.append(reading(channel.kind, likely, moment))
    }
    return readings
  }

  private mutating func value(
    of channel: ModbusChannel, in image: some RegisterSource, poll: Span, at moment: Moment
  ) -> ReadingValue? {
    let verdict = channel.flags.judge { bit in
      bit.isSet(in: image).map(Flag.init) ?? .rejected(.missingField)
    }
    guard case .believed(let stable, let isNegative) = verdict else { return verdict.rejection }
    switch channel.source {
    case .number(let number, var quantity):
      if let coded = channel.unit, let division = quantity.division {
        guard let unit = coded.unit(in: image) else { return .rejected(.unitUnknown) }
        quantity = .weight(unit, division: division)
      }
      switch number.amount(in: image) {
      case .failure(let reason): return .rejected(reason)
      case .success(let amount):
        guard channel.flags.negative != nil else { return quantity.value(of: amount, stable: stable) }
        let magnitude = amount.isNegative ? amount.negated : amount
        return quantity.value(of: isNegative ? magnitude.negated : magnitude, stable: stable)
      }
    case .stateWord(let number, let map):
      guard let word = number.integer(in: image) else { return .rejected(.missingField) }
      guard let state = map[word] else { return .rejected(.unmappedState) }
      return .state(debounce.admit(state, holding: channel.debounce, at: moment))
    case .stateBit(let bit, let set, let clear):
      guard let isSet = bit.isSet(in: image) else { return .rejected(.missingField) }
      return .state(debounce.admit(isSet ? set : clear, holding: channel.debounce, at: moment))
    case .button(let bit, let onRising, let onFalling):
      guard let isPressed = bit.isSet(in: image) else { return .rejected(.missingField) }
      return press(isPressed, poll: poll, at: moment).flatMap { $0 ? onRising : onFalling }
        .map(ReadingValue.action)
    }
  }

  /// Whether a wired button was just pressed (`true`) or released; `nil` if neither.
  private mutating func press(_ isPressed: Bool, poll: Span, at moment: Moment) -> Bool? {
    let previous = buttons.updateValue((isPressed, moment), forKey: .action)
    // The first read after a start or an outage only tells where the button stands: a press that nobody
    // saw may be an hour old.
    guard let previous, previous.isPressed != isPressed, let age = moment.since(previous.at),
      age <= Swift.max(poll * 3, Self.edgeAge)
    else { return nil }
    return isPressed
  }

  /// Two reads of a button further apart than this, and than three polls, make no edge.
  private static let edgeAge = Span.seconds(2)
}
