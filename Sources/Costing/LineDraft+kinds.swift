internal import Jobs
internal import Measures
internal import Metering

// A line of each kind, before anything is on it; `nil` where the price list does not have the thing.
extension LineDraft {
  static func ofMaterial(_ material: MaterialID, part: PartID?, list: PriceList) -> LineDraft? {
    list.materials[material].map {
      LineDraft(
        kind: .material, part: part, item: $0, key: "material.\(material)", list: list,
        units: [.kilogram, .gram])
    }
  }

  /// Material from a scale. Where nobody said which, its price must be settled; its tax is that of all materials, if
  /// they have one.
  static func ofMaterial(
    _ material: MaterialID?, on device: DeviceID, part: PartID?, list: PriceList
  ) -> LineDraft {
    let taxes = Set(list.materials.values.compactMap(\.tax))
    let unknown = PricedItem(
      name: "Material on \(device)", price: nil, tax: taxes.count == 1 ? taxes.first : nil)
    var line = LineDraft(
      kind: .material, part: part, item: material.flatMap { list.materials[$0] } ?? unknown,
      key: material.map { "material.\($0)" } ?? "material-on.\(device)", list: list,
      units: [.kilogram, .gram])
    line.isOfUnknownMaterial = material == nil
    return line
  }

  /// Time at a work center whose machine has a rate.
  static func ofMachine(at place: WorkCenterRules?, part: PartID?, list: PriceList) -> LineDraft? {
    guard let rate = place?.machineRate, let machine = list.machines[rate] else { return nil }
    return LineDraft(
      kind: .machine, part: part, item: machine.item, key: "machine.\(rate)", list: list,
      units: [.hour, .minute])
  }

  /// Energy is billed for each work center.
  static func ofEnergy(at id: WorkCenterID, _ place: WorkCenterRules?, list: PriceList) -> LineDraft? {
    guard var item = list.energy else { return nil }
    item.name = "\(item.name), \(place?.name ?? id.text)"
    return LineDraft(
      kind: .energy, part: nil, item: item, key: "energy.\(id)", list: list, units: [.kilowattHour])
  }

  static func ofLabor(_ activity: ActivityID, list: PriceList) -> LineDraft? {
    list.labor[activity].map {
      LineDraft(
        kind: .labor, part: nil, item: $0, key: "labor.\(activity)", list: list, units: [.hour, .minute])
    }
  }

  /// - Parameter key: what tells a free line from others.
  static func ofService(_ service: ServiceOrder, for job: Job, key: String, list: PriceList) -> LineDraft? {
    var key = "service.\(key)"
    let item: PricedItem
    switch service {
    case .listed(let id):
      guard var listed = list.services[id] else { return nil }
      listed.name = NameTemplate(listed.name).filled(for: job)
      item = listed
      key = "service.\(id)"
    case .free(let name, let price, let tax):
      item = PricedItem(name: name, price: Price(price, per: .piece), tax: tax)
    }
    return LineDraft(kind: .service, part: nil, item: item, key: key, list: list, units: [.piece])
  }
}
