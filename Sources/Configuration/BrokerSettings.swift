/// The MQTT broker, and how to log in.
public struct BrokerSettings: Hashable, Sendable {
  public var host: String
  public var port: UInt16
  /// `nil`: without TLS. There is no way to use TLS without verifying the broker.
  public var tls: BrokerTLS?
  public var username: String?
  public var password: Secret?
}

public struct BrokerTLS: Hashable, Sendable {
  /// `nil`: the certificate authorities of the system.
  public var authorityFile: String?
  public var certificateFile: String?
  public var key: Secret?
  /// The name the broker's certificate is for, where that is not the host.
  public var name: String?
}

extension ConfigurationReader {
  private static let tlsKeys = ["ca_file", "client_certificate_file", "client_key_file", "tls_name"]

  func broker(_ cursor: Cursor?) -> BrokerSettings? {
    guard let section = cursor?.section() else { return nil }
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
    let tls = url.flatMap { $0.isTLS ? tlsSettings(section) : nil }
    if let url, !url.isTLS {
      for key in Self.tlsKeys { section.refuse(key, "is for mqtts://; the broker is given as mqtt://") }
    } else if url == nil {
      for key in Self.tlsKeys { _ = section.optional(key) }
    }
    section.finish()
    guard let url else { return nil }
    return BrokerSettings(
      host: url.address.host, port: url.address.port, tls: tls, username: username ?? nil,
      password: password ?? nil)
  }

  private func tlsSettings(_ section: Section) -> BrokerTLS {
    let authority = section.optional("ca_file").flatMap(file)
    let certificate = section.optional("client_certificate_file").flatMap(file)
    let key = section.optional("client_key_file").flatMap(secret)
    let name = section.optional("tls_name").flatMap { $0.line(maximum: 253) }
    if section.has("client_certificate_file") != section.has("client_key_file") {
      let missing = section.has("client_key_file") ? "client_certificate_file" : "client_key_file"
      section.report("is missing: a client certificate and its key come together", key: missing)
    }
    return BrokerTLS(authorityFile: authority, certificateFile: certificate, key: key, name: name)
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
      if let address = HostPort(rest, defaultPort: port) { return (address, isTLS) }
    }
    cursor.expected(form)
    return nil
  }
}
