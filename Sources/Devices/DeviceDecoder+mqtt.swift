import JSON
public import Measures
public import Metering

extension DeviceDecoder {
  /// The readings of one message.
  ///
  /// A retained message may set a level, never cause an event. Where several channels share a topic, a
  /// message that has some of them is an overlay: the absent ones are silently unchanged.
  /// - Parameters:
  ///   - topic: as it came; a topic this device does not have gives nothing.
  ///   - payload: any bytes.
  public mutating func decode(
    message topic: String, payload: [UInt8], retained: Bool, at moment: Moment
  ) -> [Reading] {
    guard case .mqtt(let mqtt) = device.transport else { return [] }
    let channels = mqtt.channels.filter { $0.topic == topic }
    let parts = mqtt.document.filter { $0.topic == topic }
    let presence = mqtt.online.flatMap { $0.topic == topic ? $0 : nil }
    let sample = Sample(
      payload,
      asDocument: channels.contains(where: \.needsDocument) || presence?.path != nil || !parts.isEmpty)

    let word = presence.map { sample.word(at: $0.path) }
    let saysPresence = if case .success = word { true } else { false }

    var readings: [Reading] = []
    if mqtt.online != nil, isOnline == nil, !(channels.isEmpty && parts.isEmpty) { lastHeard = moment }
    let comesOnline = if case .success(let word) = word { presence?.map[word] == true } else { false }
    if comesOnline { readings += noteOnline(at: moment) }

    let values = channels.map { ($0, $0.find(in: sample, retained: retained)) }
    // In a message that holds at least one field of the topic, another's absence means "unchanged".
    let isOverlay = saysPresence || values.contains { $0.1.isPresent }
    for (channel, value) in values {
      switch value {
      case .none: continue
      case .missing where isOverlay: continue
      case .missing: readings.append(reading(channel.kind, .rejected(.missingField), moment))
      case .value(let value):
        readings.append(admitted(value, of: channel, in: sample, retained: retained, at: moment))
      }
    }
    for part in parts { readings += take(part, of: sample, mqtt, retained: retained, at: moment) }
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

  /// Adds a part to the document. A device that speaks at all vouches for what it has said before: every channel of the
  /// document is read anew.
  private mutating func take(
    _ part: DocumentPart, of sample: Sample, _ mqtt: MQTTDevice, retained: Bool, at moment: Moment
  ) -> [Reading] {
    guard case .document(let value) = sample.document else {
      guard case .refused(let reason) = sample.document else { return [] }
      return complaint(reason, at: moment)
    }
    // A message without the part is about something else.
    guard let content = part.at.map({ value.at($0.path) }) ?? value else { return [] }
    let channels = mqtt.channels.filter { $0.topic == nil }
    document.merge(content, into: part.into, wanted: channels.flatMap(\.places))
    return channels.compactMap { channel in
      guard case .value(let value) = channel.find(in: document, retained: retained) else { return nil }
      return admitted(value, of: channel, in: document, retained: retained, at: moment)
    }
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
    document = DeviceDocument()
  }

  /// A device that is said to be offline is not believed until it is back; nor is a value that is older than it may
  /// be, or that cannot be.
  private mutating func admitted(
    _ value: ReadingValue, of channel: MQTTChannel, in message: some PayloadSource, retained: Bool,
    at moment: Moment
  ) -> Reading {
    let kind = channel.kind
    switch value {
    case .rejected, .action: return reading(kind, value, moment)
    case .weight, .state, .energy, .power, .count, .task: break
    }
    if isOnline == false {
      if !retained { early[kind] = value }
      return reading(kind, .rejected(.offline), moment)
    }
    let limit = device.maxAge ?? DeviceDescription.maxAgeWithoutPresence
    if let age = channel.time?.age(in: message, at: moment), age > limit {
      return reading(kind, .rejected(.stale), moment)
    }
    return reading(kind, checked(value, of: kind, by: channel.plausibility, at: moment), moment)
  }

  private mutating func noteOnline(at moment: Moment) -> [Reading] {
    let waiting = early
    // The document stays: it was emptied when the device went, so what is in it may only have come early.
    early = [:]
    lastHeard = nil
    isOnline = true
    return device.readKinds.compactMap { kind in waiting[kind].map { reading(kind, $0, moment) } }
  }

  private mutating func noteOffline(at moment: Moment) -> [Reading] {
    let wasOffline = isOnline == false
    forgetPresence()
    isOnline = false
    return wasOffline ? [] : reject(.offline, at: moment)
  }

  /// What is wrong with a message as a whole is counted at the device's first channel that is measured.
  private func complaint(_ reason: Rejection, at moment: Moment) -> [Reading] {
    let kinds = device.readKinds
    // Of these nobody hears that they are not believed.
    let first = kinds.first { $0 != .task && $0 != .runningTime } ?? kinds.first
    return first.map { [reading($0, .rejected(reason), moment)] } ?? []
  }
}
