/// How a broker proves that it is the right one, and how we do. No value of it switches the proof off.
public struct BrokerTLS: Hashable, Sendable {
  public enum Trust: Hashable, Sendable {
    /// The certificate authorities of the system.
    case system
    /// The authorities in a PEM file.
    case authorities(file: String)
    /// The certificate in a PEM file, and no other.
    case certificate(file: String)
    /// The certificate with this SHA-256, of 32 bytes, and no other.
    case fingerprint([UInt8])
  }

  public var trust: Trust
  public var clientCertificateFile: String?
  public var clientKey: Secret?
  /// The name in the broker's certificate, where that is not the host.
  public var name: String?

  static let trustKeys = ["ca_file", "certificate_file", "certificate_sha256"]
  static let keys = trustKeys + ["client_certificate_file", "client_key_file", "tls_name"]
}

extension ConfigurationReader {
  func brokerTLS(_ section: Section) -> BrokerTLS? {
    let trust = trust(section)
    let certificate = section.optional("client_certificate_file").flatMap(file)
    let key = section.optional("client_key_file").flatMap(secret)
    let name = section.optional("tls_name").map(certificateName)
    if section.has("client_certificate_file") != section.has("client_key_file") {
      let missing = section.has("client_key_file") ? "client_certificate_file" : "client_key_file"
      section.report("is missing: a client certificate and its key come together", key: missing)
    }
    guard let trust else { return nil }
    return BrokerTLS(trust: trust, clientCertificateFile: certificate, clientKey: key, name: name ?? nil)
  }

  private func trust(_ section: Section) -> BrokerTLS.Trust? {
    let authorities = section.optional("ca_file").map {
      self.file($0).map { BrokerTLS.Trust.authorities(file: $0) }
    }
    let certificate = section.optional("certificate_file").map(pinnedFile)
    let fingerprint = section.optional("certificate_sha256").map(fingerprint)
    let given = BrokerTLS.trustKeys.filter(section.has)
    for key in given.dropFirst() {
      section.refuse(
        key,
        "a broker is trusted by one of \(BrokerTLS.trustKeys.joined(separator: ", ")) (found \(given[0]) as well)"
      )
    }
    return authorities ?? certificate ?? fingerprint ?? .system
  }

  /// What the file holds is looked at here already: a key or a request in its place would fail at every
  /// connection.
  private func pinnedFile(_ cursor: Cursor) -> BrokerTLS.Trust? {
    guard let path = file(cursor) else { return nil }
    if let bytes = try? FileBytes.read(path, maximum: Secret.maximumBytes),
      !String(decoding: bytes, as: UTF8.self).contains("CERTIFICATE-----")
    {
      cursor.mistake("expected a certificate in PEM form (found none in \(path.shown))")
      return nil
    }
    return .certificate(file: path)
  }

  private func fingerprint(_ cursor: Cursor) -> BrokerTLS.Trust? {
    let what = "the 64 digits that openssl x509 -fingerprint -sha256 prints, colons or not"
    return cursor.read(what) { text in
      let digits = Array(text.utf8.filter { $0 != UInt8(ascii: ":") })
      guard digits.count == 64 else { return nil }
      let bytes = stride(from: 0, to: 64, by: 2).compactMap { index -> UInt8? in
        let pair = digits[index...(index + 1)].map { Character(Unicode.Scalar($0)) }
        return pair.allSatisfy(\.isHexDigit) ? UInt8(String(pair), radix: 16) : nil
      }
      return bytes.count == 32 ? .fingerprint(bytes) : nil
    }
  }

  /// A host name, an address, a serial number: whatever stands in the certificate. One that begins with a dot
  /// would stand for every name below it.
  private func certificateName(_ cursor: Cursor) -> String? {
    cursor.read("the name in the broker's certificate: 1 to 253 visible ASCII characters, no dot first") {
      text in
      let isVisible = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
      return (1...253).contains(text.utf8.count) && isVisible && !text.hasPrefix(".") ? text : nil
    }
  }
}
