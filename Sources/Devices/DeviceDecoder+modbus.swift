public import Measures
public import Metering

extension DeviceDecoder {
  /// The readings of one sweep. A wired button gives one only when it is pressed or released.
  public mutating func decode(image: some RegisterSource, at moment: Moment) -> [Reading] {
    guard case .modbus(let modbus) = device.transport else { return [] }
    var readings: [Reading] = []
    readings.reserveCapacity(modbus.channels.count)
    for channel in modbus.channels {
      if let value = value(of: channel, in: image, poll: modbus.poll, at: moment) {
        readings.append(reading(channel.kind, value, moment))
      }
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
    case .number(let number, let quantity):
      switch number.amount(in: image) {
      case .failure(let reason): return .rejected(reason)
      case .success(let amount):
        guard channel.flags.negative != nil else { return quantity.value(of: amount, stable: stable) }
        let magnitude = amount.isNegative ? amount.negated : amount
        return quantity.value(of: isNegative ? magnitude.negated : magnitude, stable: stable)
      }
    case .stateWord(let number, let map):
      guard let word = number.integer(in: image) else { return .rejected(.missingField) }
      return map[word].map(ReadingValue.state) ?? .rejected(.unmappedState)
    case .stateBit(let bit, let set, let clear):
      guard let isSet = bit.isSet(in: image) else { return .rejected(.missingField) }
      return .state(isSet ? set : clear)
    case .button(let bit, let onRising, let onFalling):
      guard let isPressed = bit.isSet(in: image) else { return .rejected(.missingField) }
      let previous = buttons.updateValue((isPressed, moment), forKey: .action)
      // The first read after a start or an outage only tells where the button stands: a press that nobody
      // saw may be an hour old.
      guard let previous, previous.isPressed != isPressed, let age = moment.since(previous.at),
        age <= Swift.max(poll * 3, Self.edgeAge)
      else { return nil }
      return (isPressed ? onRising : onFalling).map(ReadingValue.action)
    }
  }

  /// Two reads of a button further apart than this, and than three polls, make no edge.
  private static let edgeAge = Span.seconds(2)
}
