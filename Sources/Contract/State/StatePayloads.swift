internal import JSON
public import Jobs
public import Measures
internal import Metering

/// What the daemon publishes about itself and the shop, in full each time.
public enum StatePayloads {
  /// The daemon's birth message.
  public static func online(version: String, since: Moment, at: Moment, message: String? = nil) -> [UInt8] {
    var payload = Payload()
    payload.set("state", "online")
    payload.set("version", version)
    payload.set("since", since)
    payload.set("at", at)
    payload.set("message", message)
    return payload.bytes
  }

  /// The last will, and the last word of an orderly shutdown.
  public static let offline: [UInt8] = Array(#"{"state":"offline"}"#.utf8)

  /// Unattributed usage as it stands: `state/usage/ID`, and `event/unattributed-usage`.
  public static func usage(_ usage: Usage) -> [UInt8] {
    let (quantity, unit): (Decimal, String) =
      switch usage.kind {
      case .material: (Mass(base: usage.quantity).grams, "g")
      case .machineTime: (Span(base: usage.quantity).seconds, "s")
      case .energy: (Energy(base: usage.quantity).kilowattHours, "kWh")
      }
    var payload = Payload()
    payload.set("usage", usage.id)
    payload.set("work_center", usage.workCenter)
    payload.set("device", usage.device)
    payload.set("kind", usage.kind.rawValue)
    payload.set("material", usage.material)
    payload.set("quantity", quantity)
    payload.set("unit", unit)
    payload.set("from", usage.from)
    payload.set("to", usage.to)
    payload.set("quality", usage.isMeasured ? "measured" : "estimated")
    payload.set("open", usage.isOpen)
    switch usage.decision {
    case nil: break
    case .assigned(let job, let entry):
      payload.set("job", job)
      payload.set("entry", entry)
    case .writtenOff(let remark): payload["written_off"] = Self.remark(remark)
    }
    return payload.bytes
  }

  /// An alarm as it stands: `state/alarm/ID`, and `event/alarm`.
  public static func alarm(_ id: AlarmID, _ alarm: Alarm) -> [UInt8] {
    var payload = Payload()
    payload.set("alarm", id)
    payload.set("kind", alarm.kind)
    payload.set("message", alarm.message)
    payload.set("since", alarm.since)
    return payload.bytes
  }

  /// What a panel needs to offer choices, without prices.
  public static func catalog(_ rules: Rules) -> [UInt8] {
    let list = rules.priceList
    var payload = Payload()
    payload.set("currency", list.currency.code)
    payload.set("work_centers", rules.workCenters.sorted { $0.key < $1.key }.map(choice))
    payload.set("materials", list.materials.sorted { $0.key < $1.key }.map { choice($0.key, $0.value.name) })
    payload.set("activities", list.labor.sorted { $0.key < $1.key }.map { choice($0.key, $0.value.name) })
    payload.set("services", list.services.sorted { $0.key < $1.key }.map { choice($0.key, $0.value.name) })
    payload.set("taxes", list.taxes.keys.sorted().map { .object(["id": .string($0.text)]) })
    payload.set(
      "customers",
      rules.customers.sorted { $0.key < $1.key }.map { ref, customer in
        var item = Payload()
        item.set("ref", ref)
        item.set("name", customer.name)
        return item.value
      })
    return payload.bytes
  }

  private static func choice(_ id: WorkCenterID, _ rules: WorkCenterRules) -> JSONValue {
    var item = Payload()
    item.set("id", id)
    item.set("name", rules.name)
    item.set("scales", rules.scales.map { .string($0.device.text) })
    return item.value
  }

  private static func choice<Kind>(_ id: Identifier<Kind>, _ name: String) -> JSONValue {
    .object(["id": .string(id.text), "name": .string(name)])
  }
}
