internal import Measures
internal import Metering

// What a command names must be there. Each refusal says what there is.
extension Rules {
  @discardableResult
  func check(_ place: WorkCenterID) throws(Refusal) -> WorkCenterRules {
    guard let rules = workCenters[place] else {
      throw Refusal(
        .unknownWorkCenter, "there is no work center \(place); there are: \(Self.list(workCenters.keys))")
    }
    return rules
  }

  func check(_ material: MaterialID) throws(Refusal) {
    guard priceList.materials[material] != nil else {
      throw Refusal(
        .unknownMaterial,
        "material \(material) is not in the price list; there are: \(Self.list(priceList.materials.keys))")
    }
  }

  func check(_ activity: ActivityID) throws(Refusal) {
    guard priceList.labor[activity] != nil else {
      throw Refusal(
        .unknownActivity,
        "activity \(activity) is not in the price list; there are: \(Self.list(priceList.labor.keys))")
    }
  }

  func check(_ service: ServiceOrder) throws(Refusal) {
    switch service {
    case .listed(let name):
      guard priceList.services[name] != nil else {
        throw Refusal(
          .unknownService,
          "service \(name) is not in the price list; there are: \(Self.list(priceList.services.keys))")
      }
    case .free(let name, let price, let tax):
      guard !price.isNegative else {
        throw Refusal(.invalidArgument, "the price \(price) of \(name) is negative; give 0 or more")
      }
      guard priceList.taxes[tax] != nil else {
        throw Refusal(
          .invalidArgument,
          "tax \(tax) is not in the price list; there are: \(Self.list(priceList.taxes.keys))")
      }
    }
  }

  /// Each item of an estimate can be costed.
  public func check(_ item: Estimate.Item) throws(Refusal) {
    switch item.content {
    case .material(let material, _): try check(material)
    case .machine(let place, _):
      guard try check(place).machineRate != nil else {
        throw Refusal(.invalidArgument, "the time of \(place) is not billed: it has no machine_rate")
      }
    case .energy(let place, _):
      try check(place)
      guard priceList.energy != nil else {
        throw Refusal(.invalidArgument, "energy is not billed: the price list has no price for it")
      }
    case .labor(let activity, _): try check(activity)
    case .service(let service, _): try check(service)
    }
  }

  /// The name of what an item of an estimate is about, if that has no price yet.
  func unpriced(_ item: Estimate.Item) -> String? {
    let priced: PricedItem? =
      switch item.content {
      case .material(let material, _): priceList.materials[material]
      case .machine(let place, _):
        workCenters[place]?.machineRate.flatMap { priceList.machines[$0]?.item }
      case .energy: priceList.energy
      case .labor(let activity, _): priceList.labor[activity]
      case .service(.listed(let service), _): priceList.services[service]
      case .service(.free, _): nil
      }
    return priced.flatMap { $0.price == nil ? $0.name : nil }
  }

  private static func list<Kind>(_ ids: some Collection<Identifier<Kind>>) -> String {
    ids.sorted().map(\.text).joined(separator: ", ")
  }
}
