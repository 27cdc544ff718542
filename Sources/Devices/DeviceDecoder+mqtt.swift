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

    let word = presence.map { sample.word(at: $0.path) }
    let saysPresence = if case .success = word { true } else { false }

    var readings: [Reading] = []
    if mqtt.online != nil, isOnline == nil, !channels.isEmpty { lastHeard = moment }
    let comesOnline = if case .success(let word) = word { presence?.map[word] == true } else { false }
    if comesOnline { readings += noteOnline(at: moment) }

    let values = channels.map { (kind: $0.kind, value: sample.value(of: $0, retained: retained)) }
    // In a message that holds at least one field of the topic, another's absence means "unchanged".
    let isOverlay = saysPresence || values.contains { $0.value.isPresent }
    for (kind, value) in values {
      switch value {
      case .none: continue
      case .missing where isOverlay: continue
      case .missing: readings.append(reading(kind, .rejected(.missingField), moment))
      case .value(let value):
        readings.append(reading(kind, admitted(value, of: kind, retained: retained), moment))
      }
    }
    guard let presence, let word, !comesOnline else { return readings }
    switch word {
    case .failure(.missingField) where isOverlay: break
    case .failure(let reason): readings += complaint(reason, at: moment)
    case .success(let word):
      readings +=
        presence.map[word] == false ? noteOffline(at: moment) : complaint(.unmappedState, at: moment)
    }
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
  private mutating func admitted(_ value: ReadingValue, of kind: ChannelKind, retained: Bool) -> ReadingValue
  {
    guard isOnline == false else { return value }
    switch value {
    case .rejected: return value
    case .action: return value
    case .weight, .state, .energy, .power, .count:
      if !retained { early[kind] = value }
      return .rejected(.offline)
    }
  }

  private mutating func noteOnline(at moment: Moment) -> [Reading] {
    let waiting = early
    forgetPresence()
    isOnline = true
    return device.readKinds.compactMap { kind in waiting[kind].map { reading(kind, $0, moment) } }
  }

  private mutating func noteOffline(at moment: Moment) -> [Reading] {
    let wasOffline = isOnline == false
    forgetPresence()
    isOnline = false
    return wasOffline ? [] : reject(.offline, at: moment)
  }

  /// What is wrong with the presence itself is counted at the device's first channel.
  private func complaint(_ reason: Rejection, at moment: Moment) -> [Reading] {
    device.readKinds.first.map { [reading($0, .rejected(reason), moment)] } ?? []
  }
}
