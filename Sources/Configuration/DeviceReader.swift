import Devices
import Measures
import Metering

extension ConfigurationReader {
  func devices(_ cursor: Cursor?) -> [DeviceDescription] {
    guard let cursor else { return [] }
    var ids = Names(list: "devices")
    return cursor.items().compactMap { item in
      guard let section = item.section() else { return nil }
      let id: DeviceID? = name(section, as: &ids)
      if section.has(Tree.opaqueKey) {
        // What is wrong with its profile has been said; what it offers, nobody knows.
        if let id { declared.devices[id] = Declared.Device(kinds: [], description: nil, isOpaque: true) }
        return nil
      }
      let channels = section.optional("channels")
      if channels == nil {
        section.report("is missing: give channels in place, or a profile", key: "channels")
      }
      let channelSection = channels?.section()
      let device = device(id, section, channelSection)
      section.finish()
      if let id {
        let kinds = Set(ChannelKind.allCases.filter { channelSection?.has($0.rawValue) ?? false })
        let isOpaque = channelSection.map(\.hasUnknownKeys) ?? true
        declared.devices[id] = Declared.Device(kinds: kinds, description: device, isOpaque: isOpaque)
      }
      return device
    }
  }

  private func device(_ id: DeviceID?, _ section: Section, _ channels: Section?) -> DeviceDescription? {
    let maxAge = section.optional("max_age").map { $0.span(.milliseconds(100)...(.hours(168))) }
    var transport: DeviceDescription.Transport?
    let thresholds = channels.flatMap(runStateFromPower)
    if section.has("bus") {
      transport = modbusDevice(section, channels).map { .modbus($0) }
    } else {
      transport = mqttDevice(section, channels).map { .mqtt($0) }
    }
    channels?.finish()
    if let channels, channels.isEmpty {
      channels.cursor.expected(
        "at least one of the channels \(ChannelKind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    guard let id, let transport else { return nil }
    return DeviceDescription(
      id: id, transport: transport, runStateFromPower: thresholds ?? nil,
      maxAge: (maxAge ?? DeviceDescription.defaultMaxAge(of: transport)))
  }

  private func modbusDevice(_ section: Section, _ channels: Section?) -> ModbusDevice? {
    let bus = section.optional("bus")?.reference(to: Array(declared.buses.keys), in: "buses", "bus")
    // 0 is the broadcast of a serial line, which nobody answers.
    let isSerial = bus.flatMap { declared.buses[$0] ?? nil } ?? false
    let unit = section.required("unit").flatMap { cursor in
      cursor.integer(isSerial ? 1...247 : 0...255).flatMap { unit -> Int? in
        guard (248...254).contains(unit) else { return unit }
        cursor.expected("0 to 247, or 255 for the server itself; those between are reserved")
        return nil
      }
    }
    let poll = section.optional("poll").map { $0.span(.milliseconds(10)...(.hours(1))) }
    for key in ["online", "document", "broker", "ask"] {
      section.refuse(key, "is for devices over MQTT; this one is on a bus")
    }
    addressBase = section.optional("address_base")?.choice(AddressBase.self) ?? .zero
    defer { addressBase = .zero }
    let heartbeat = section.optional("heartbeat").map(deviceHeartbeat)
    let identity = section.optional("identity").map(deviceIdentity)
    let timeout = section.optional("response_timeout").map { $0.span(Self.responseTimeouts) }
    let manners = manners(section, besides: bus.flatMap { declared.manners[$0] } ?? ModbusManners())
    let wholeBlocks = section.optional("whole_blocks")?.items().compactMap(wholeBlock) ?? []
    let limit = ReadLimit(registers: manners.maximumRegisters, wholeBlocks: wholeBlocks)
    limit.check((heartbeat ?? nil).map { [$0.field.word.point] } ?? [], at: section.optional("heartbeat"))
    // Read by itself, whatever the blocks are.
    ReadLimit(registers: manners.maximumRegisters, wholeBlocks: [])
      .check((identity ?? nil).map { [$0.point] } ?? [], at: section.optional("identity"))
    var read: [ModbusChannel?] = []
    for kind in ChannelKind.allCases {
      guard let cursor = channels?.optional(kind.rawValue), !isDerived(cursor) else { continue }
      let channel = modbusChannel(kind, cursor)
      limit.check(channel?.points ?? [], at: cursor)
      read.append(channel)
    }
    guard let bus, let unit, let poll = poll ?? Self.defaultPoll else { return nil }
    var device = ModbusDevice(
      bus: bus, unit: UInt8(clamping: unit), poll: poll, channels: read.compactMap { $0 },
      heartbeat: heartbeat ?? nil, wholeBlocks: wholeBlocks)
    device.manners = manners
    device.manners.responseTimeout = timeout ?? nil
    device.identity = identity ?? nil
    return device
  }

  /// `{holding: 1, type: uint16, equals: [5, 6]}`.
  private func deviceIdentity(_ cursor: Cursor) -> DeviceIdentity? {
    guard let section = cursor.section() else { return nil }
    let values = section.required("equals")?.oneOrMore().map { $0.integer(0...Int(UInt32.max)) }
    let field = self.field(section)
    section.finish()
    guard let field, let values, !values.contains(where: { $0 == nil }) else { return nil }
    if field.bits.count < field.word.registerCount * 16 {
      cursor.mistake("an identity is a whole register or several (found bits of one)")
      return nil
    }
    return DeviceIdentity(field.word, values: values.compactMap { $0.map { UInt64($0) } })
  }

  /// `{holding: 10, stale_after: 2s}`.
  private func deviceHeartbeat(_ cursor: Cursor) -> DeviceHeartbeat? {
    guard let section = cursor.section() else { return nil }
    let staleAfter = section.required("stale_after")?.span(.milliseconds(100)...(.minutes(10)))
    let field = self.field(section)
    section.finish()
    guard let field, let staleAfter else { return nil }
    return DeviceHeartbeat(field, staleAfter: staleAfter)
  }

  /// `{holding: 0, count: 20}`.
  private func wholeBlock(_ cursor: Cursor) -> RegisterPoint? {
    guard let section = cursor.section() else { return nil }
    let place = place(section)
    let count = section.required("count")?.integer(1...(place?.table.holdsBits ?? false ? 2_000 : 125))
    section.finish()
    guard let place, let count else { return nil }
    if Int(place.address) + count > 65_536 { place.cursor.expected("an address with room for \(count)") }
    return RegisterPoint(place.table, place.address, count: UInt16(clamping: count))
  }

  static let defaultPoll = Span.milliseconds(500)

  private func mqttDevice(_ section: Section, _ channels: Section?) -> MQTTDevice? {
    let online = section.optional("online").map(presence)
    let document = section.optional("document").map(documentParts)
    for key in [
      "unit", "poll", "address_base", "heartbeat", "whole_blocks", "identity", "response_timeout", "retries",
      "gap",
      "gap_limit", "max_block",
    ] {
      section.refuse(
        key, "is for devices on a bus; this one names none (give bus: ID, or leave it out for MQTT)")
    }
    _ = section.optional("bus")
    let broker = furtherBroker(section, channels)
    let requests = section.optional("ask").map(requests)
    var read: [MQTTChannel?] = []
    for kind in ChannelKind.allCases {
      guard let channel = channels?.optional(kind.rawValue), !isDerived(channel) else { continue }
      read.append(mqttChannel(kind, channel, hasDocument: document != nil))
    }
    return MQTTDevice(
      channels: read.compactMap { $0 }, online: online ?? nil, document: document ?? [], broker: broker,
      requests: requests ?? [])
  }

  /// `run_state: {from: power, …}`.
  private func isDerived(_ channel: Cursor) -> Bool {
    guard case .mapping(let entries) = channel.tree.content else { return false }
    return entries.contains { $0.key == "from" }
  }

  private func runStateFromPower(_ channels: Section) -> PowerThresholds?? {
    for kind in ChannelKind.allCases where kind != .runState {
      if let channel = channels.optional(kind.rawValue), isDerived(channel) {
        channel.section()?.refuse("from", "only run_state can be judged by another channel")
      }
    }
    guard let channel = channels.optional("run_state"), isDerived(channel), let section = channel.section()
    else {
      return nil
    }
    _ = section.required("from")?.choice([("power", ChannelKind.power)])
    if !channels.has("power") {
      section.optional("from")?.mistake("this device has no power channel to be judged by (found power)")
    }
    let isPositive: (Power) -> Bool = { $0 > .zero }
    let above = section.required("running_above")?.amount(
      "a power such as 60W", PowerUnit.self, where: isPositive
    ) { Power($0, $1) }
    let runningAfter = section.optional("running_after").map { $0.span(.zero...(.hours(1))) }
    let below = section.required("idle_below")?.amount(
      "a power such as 15W", PowerUnit.self, where: isPositive
    ) { Power($0, $1) }
    let idleAfter = section.optional("idle_after").map { $0.span(.zero...(.hours(1))) }
    section.finish()
    if let above, let below, below > above {
      section.optional("idle_below")?.expected("at most running_above, \(above)")
    }
    guard let above, let below, let runningAfter = runningAfter ?? .seconds(3),
      let idleAfter = idleAfter ?? .seconds(5)
    else { return .some(nil) }
    return PowerThresholds(
      runningAbove: above, runningAfter: runningAfter, idleBelow: below, idleAfter: idleAfter)
  }
}
