public import Devices

/// An MQTT broker, and how to log in.
public struct BrokerSettings: Hashable, Sendable {
  public var host: String
  public var port: UInt16
  /// `nil`: without TLS. There is no way to use TLS without verifying the broker.
  public var tls: BrokerTLS?
  public var username: String?
  public var password: Secret?
}

/// A broker beside the main one, for the devices that name it: often a machine that is its own broker.
public struct FurtherBroker: Hashable, Sendable {
  public var id: BrokerID
  public var settings: BrokerSettings
  /// Whether we may publish to and read a topic of our own there, to tell old presses from new ones.
  public var hasFence: Bool
}

extension ConfigurationReader {
  /// Each has a thread, and up to six descriptors while it connects; with 256 buses that stays below the 1,024
  /// that the Modbus library can wait for.
  static let maximumBrokers = 64

  /// The main broker.
  func broker(_ cursor: Cursor?) -> BrokerSettings? {
    guard let section = cursor?.section() else { return nil }
    let settings = brokerSettings(section)
    section.finish()
    return settings
  }

  func brokers(_ cursor: Cursor?) -> [FurtherBroker] {
    guard let items = cursor?.items() else { return [] }
    if items.count > Self.maximumBrokers {
      items[Self.maximumBrokers].mistake(
        "at most \(Self.maximumBrokers) brokers beside the main one can be served (found \(items.count))")
    }
    var ids = Names(list: "brokers")
    return items.compactMap { item in
      guard let section = item.section() else { return nil }
      let id: BrokerID? = name(section, as: &ids)
      let settings = brokerSettings(section)
      let fence = section.optional("fence").map { $0.bool() }
      section.finish()
      if let id { declared.brokers[id] = fence ?? false }
      guard let id, let settings, let hasFence = fence ?? false else { return nil }
      return FurtherBroker(id: id, settings: settings, hasFence: hasFence)
    }
  }

  private func brokerSettings(_ section: Section) -> BrokerSettings? {
    let url = section.required("broker").flatMap(brokerURL)
    let username = section.optional("username").map { $0.line(maximum: 128) }
    let password = section.optional("password_file").map(secret)
    if section.has("password") {
      section.refuse(
        "password",
        "a secret does not belong into this file; put it into one of its own and name that by password_file"
      )
    }
    if password != nil, username == nil {
      section.report("is missing: a password needs a username", key: "username")
    }
    let tls = url.flatMap { $0.isTLS ? brokerTLS(section) : nil }
    if let url, !url.isTLS {
      for key in BrokerTLS.keys { section.refuse(key, "is for mqtts://; the broker is given as mqtt://") }
    } else if url == nil {
      for key in BrokerTLS.keys { _ = section.optional(key) }
    }
    guard let url else { return nil }
    return BrokerSettings(
      host: url.address.host, port: url.address.port, tls: tls, username: username ?? nil,
      password: password ?? nil)
  }

  private func brokerURL(_ cursor: Cursor) -> (address: HostPort, isTLS: Bool)? {
    let form = "mqtt://HOST[:PORT] or mqtts://HOST[:PORT]"
    guard let text = cursor.text else {
      cursor.expected(form)
      return nil
    }
    for (scheme, port, isTLS) in [("mqtt://", 1883, false), ("mqtts://", 8883, true)]
      as [(String, UInt16, Bool)]
    where text.hasPrefix(scheme) {
      var rest = text.dropFirst(scheme.count)
      if rest.contains("@") {
        // Not shown: it may hold a password.
        cursor.mistake(
          "expected \(form) without a login; give it by username and password_file (found one in the address)"
        )
        return nil
      }
      if rest.hasSuffix("/") { rest.removeLast() }
      if cursor.refusesPort(of: rest) { return nil }
      if let address = HostPort(rest, defaultPort: port) { return (address, isTLS) }
    }
    cursor.expected(form)
    return nil
  }
}
