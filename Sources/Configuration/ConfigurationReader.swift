import Devices
import Jobs
import Measures
import Metering

/// One reading of one file: what has been declared so far, for whoever refers to it.
///
/// Each section has a file of its own with an extension of this. A section goes on after a mistake, so that
/// every mistake is found in one go; what it gives is used only if there was none.
final class ConfigurationReader {
  let report: Report
  let environment: ConfigurationEnvironment
  var declared = Declared()
  /// How the device being read counts its addresses.
  var addressBase = AddressBase.zero

  init(report: Report, environment: ConfigurationEnvironment) {
    self.report = report
    self.environment = environment
  }

  /// Reads a section's id, names the section after it, and refuses a second of the same name.
  func name<Kind>(_ section: Section, key: String = "id", as names: inout Names) -> Identifier<Kind>? {
    guard let cursor = section.required(key), let id = cursor.id(Kind.self) else { return nil }
    section.rename("\(names.list).\(id.text)")
    guard names.taken.insert(id.text).inserted else {
      section.optional(key)?.mistake("is given to two entries (found \(id.text.shown) again)")
      return nil
    }
    return id
  }

  /// The mapping's entries by id; an ill-formed id is a mistake at its key.
  func entries<Kind>(_ cursor: Cursor?, _ kind: Kind.Type = Kind.self) -> [(
    id: Identifier<Kind>, value: Cursor
  )] {
    guard let section = cursor?.section() else { return [] }
    return section.all().compactMap { entry in entry.keyCursor.id(Kind.self).map { ($0, entry.value) } }
  }
}

/// The ids of one list, to refuse a second of the same.
struct Names {
  let list: String
  var taken: Set<String> = []

  init(list: String) { self.list = list }
}

/// What the sections read so far have to offer. An entry with a mistake counts as declared: one mistake
/// should not be reported twice, once as itself and once at whoever refers to it.
struct Declared {
  struct Device {
    var kinds: Set<ChannelKind>
    /// `nil` where a mistake hides it.
    var description: DeviceDescription?
    /// Set for an entry whose channels cannot be told, so that nobody misses one.
    var isOpaque = false

    func mayOffer(_ kind: ChannelKind) -> Bool { isOpaque || kinds.contains(kind) }
  }

  /// Whether the bus is serial, as far as that is known.
  var buses: [BusID: Bool?] = [:]
  var manners: [BusID: ModbusManners] = [:]
  /// Whether the broker has a fence, as far as that is known.
  var brokers: [BrokerID: Bool?] = [:]
  var devices: [DeviceID: Device] = [:]
  var machines: Set<RateID> = []
  var taxes: Set<TaxID> = []
}

extension Cursor {
  /// An id that must have been declared in `place`.
  func reference<Kind>(to known: some Collection<Identifier<Kind>>, in place: String, _ what: String)
    -> Identifier<Kind>?
  {
    guard let id = id(Kind.self) else { return nil }
    guard known.contains(id) else {
      let hint = Suggestion.text(for: id.text, among: known.map(\.text))
      mistake("there is no \(what) of this name in \(place) (found \(id.text.shown))\(hint)")
      return nil
    }
    return id
  }
}
