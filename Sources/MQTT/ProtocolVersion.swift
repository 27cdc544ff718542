import CMosquitto

/// What is spoken on a connection.
enum ProtocolVersion: Sendable, Equatable, CustomStringConvertible {
  case five
  /// What the brokers inside some machines speak; it has no properties, and no reason in a DISCONNECT.
  case threeOneOne

  var libraryValue: Int32 { self == .five ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311 }

  var description: String { self == .five ? "MQTT 5" : "MQTT 3.1.1" }
}

/// Which version to try next, where either will do. Pure.
struct VersionChoice: Sendable, Equatable {
  private let dialect: Dialect
  private(set) var version: ProtocolVersion
  /// Whether the broker has shown what it speaks.
  private var isKnown = false

  init(_ dialect: Dialect) {
    self.dialect = dialect
    version = dialect.preferred
  }

  /// A connection or an attempt ended.
  ///
  /// Some brokers say that they do not know a version; some only hang up, as one that is just going down does
  /// too. So what was only guessed is tried anew, and what was said or has worked is kept.
  mutating func ended(_ reason: LinkError.Reason, isAccepted: Bool) {
    guard dialect == .olderFirst else { return }
    if isAccepted {
      if version == dialect.preferred { isKnown = true } else if !isKnown { version = dialect.preferred }
      return
    }
    switch reason {
    case .refused(1, _), .refused(0x84, _):
      version = version.other
      isKnown = true
    case .closed, .garbage:
      if !isKnown { version = version.other }
    default: break
    }
  }
}

extension Dialect {
  fileprivate var preferred: ProtocolVersion { self == .five ? .five : .threeOneOne }
}

extension ProtocolVersion {
  fileprivate var other: ProtocolVersion { self == .five ? .threeOneOne : .five }
}
