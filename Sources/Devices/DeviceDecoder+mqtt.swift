import JSON
public import Measures
public import Metering

extension DeviceDecoder {
  /// The readings of one message.
  ///
  /// A retained message may set a level, never cause an event. Where several channels share a topic, a
  /// document that has some of them is an overlay: the absent ones are silently unchanged.
  /// - Parameters:
  ///   - topic: as it came; a topic this device does not have gives nothing.
  ///   - payload: any bytes.
  public mutating func decode(
    message topic: String, payload: [UInt8], retained: Bool, at moment: Moment
  ) -> [Reading] {
    guard case .mqtt(let mqtt) = device.transport else { return [] }
    let channels = mqtt.channels.filter { $0.topic == topic }
    let presence = mqtt.online.flatMap { $0.topic == topic ? $0 : nil }
    let sample = Sample(
      payload, asDocument: channels.contains(where: \.needsDocument) || presence?.path != nil)

    var values = channels.map { (kind: $0.kind, value: sample.value(of: $0, retained: retained)) }
    // In a message that holds at least one channel of the topic, another's absence means "unchanged".
    if values.contains(where: { $0.value.isPresent }) {
      values.removeAll { $0.value == .missing }
    }
    var readings: [Reading] = []
    readings.reserveCapacity(values.count)
    for (kind, value) in values {
      switch value {
      case .none: continue
      case .missing: readings.append(reading(kind, .rejected(.missingField), moment))
      case .value(let value):
        readings.append(reading(kind, admitted(value, of: kind, retained: retained), moment))
      }
    }
    if mqtt.online != nil, isOnline == nil, !channels.isEmpty { lastHeard = moment }
    if let presence { readings += note(presence, sample, at: moment) }
    return readings
  }

  /// Ages a device whose presence topic has never spoken: such a device is as good as one without.
  ///
  /// Call it about once a second; it gives an `offline` rejection per channel when 60 s have passed without
  /// a message, once.
  public mutating func expire(at moment: Moment) -> [Reading] {
    guard isOnline == nil, let last = lastHeard, let age = moment.since(last),
      age > DeviceDescription.maxAgeWithoutPresence
    else { return [] }
    lastHeard = nil
    return reject(.offline, at: moment)
  }

  /// The link to the broker went down: what the device said of itself no longer counts.
  public mutating func forgetPresence() {
    isOnline = nil
    early = [:]
    lastHeard = nil
  }

  /// A device that is said to be offline is not believed until it is back.
  private mutating func admitted(_ value: ReadingValue, of kind: ChannelKind, retained: Bool) -> ReadingValue {
    guard isOnline == false else { return value }
    switch value {
    case .rejected: return value
    case .action: return value
    case .weight, .state, .energy, .power, .count:
      if !retained { early[kind] = value }
      return .rejected(.offline)
    }
  }

  private mutating func note(_ presence: Presence, _ sample: Sample, at moment: Moment) -> [Reading] {
    let word: String
    switch sample.word(at: presence.path) {
    case .success(let found): word = found
    case .failure(let reason):
      return device.readKinds.first.map { [reading($0, .rejected(reason), moment)] } ?? []
    }
    guard let online = presence.map[word] else {
      return device.readKinds.first.map { [reading($0, .rejected(.unmappedState), moment)] } ?? []
    }
    let before = isOnline
    isOnline = online
    lastHeard = nil
    let waiting = early
    early = [:]
    if !online { return before == false ? [] : reject(.offline, at: moment) }
    return device.readKinds.compactMap { kind in waiting[kind].map { reading(kind, $0, moment) } }
  }
}
