import CMosquitto

/// What is spoken on a connection.
enum ProtocolVersion: Sendable, Equatable, CustomStringConvertible {
  case five
  /// What the brokers inside some machines speak; it has no properties, and no reason in a DISCONNECT.
  case threeOneOne

  var libraryValue: Int32 { self == .five ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311 }

  var description: String { self == .five ? "MQTT 5" : "MQTT 3.1.1" }
}

/// Which version to try next, where a broker may be too old for MQTT 5. Pure.
struct VersionChoice: Sendable, Equatable {
  private(set) var version = ProtocolVersion.five
  /// Whether the broker has shown what it speaks.
  private var isKnown = false

  /// A connection or an attempt ended.
  ///
  /// Some old brokers say that they do not know MQTT 5; some only hang up, as one that is just going down does too. So
  /// what was only guessed is tried anew, and what was said or has worked is kept.
  mutating func ended(_ reason: LinkError.Reason, isAccepted: Bool) {
    if isAccepted {
      if version == .five { isKnown = true } else if !isKnown { version = .five }
      return
    }
    switch reason {
    case .refused(1, _), .refused(0x84, _):
      version = version == .five ? .threeOneOne : .five
      isKnown = true
    case .closed, .garbage:
      if !isKnown { version = version == .five ? .threeOneOne : .five }
    default: break
    }
  }
}
