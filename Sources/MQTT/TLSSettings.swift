/// Whom to trust and who we are. Verification is always on: no value of this switches it off.
public struct TLSSettings: Sendable, Equatable {
  public var trust: Trust
  /// The name the broker's certificate must carry, and the one it is asked for (SNI): 1 to 253 bytes, a host
  /// name, an address, or what else stands in a certificate, such as a serial number. Nil: the host.
  ///
  /// A pinned certificate identifies the broker by itself, so there the host is not verified, and a name only
  /// if one is given.
  public var name: String?
  /// A PEM file, with the chain behind the certificate if there is one. Needs `clientKeyFile`.
  public var clientCertificateFile: String?
  public var clientKeyFile: String?

  /// Whose word is good enough that the broker is the right one.
  public enum Trust: Sendable, Equatable {
    /// The authorities of the system: `/etc/ssl/certs`.
    case system
    /// The authorities in a PEM file, and no other.
    case authorities(file: String)
    /// The first certificate of a PEM file: the broker must show this very one.
    case certificate(file: String)
    /// The same, by the SHA-256 of the certificate's DER form: 32 bytes.
    case fingerprint([UInt8])
  }

  public init(
    trust: Trust = .system, name: String? = nil, clientCertificateFile: String? = nil,
    clientKeyFile: String? = nil
  ) {
    self.trust = trust
    self.name = name
    self.clientCertificateFile = clientCertificateFile
    self.clientKeyFile = clientKeyFile
  }

  /// What is wrong with the settings, as a sentence, or nil; the files are looked at when connecting.
  var fault: String? {
    if let name {
      // An empty one would switch the check off in OpenSSL, one with a dot before it match a whole domain,
      // and a NUL end it early.
      guard (1...253).contains(name.utf8.count), !name.hasPrefix("."),
        name.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
      else {
        return "tls_name must be 1 to 253 visible ASCII characters and not begin with a dot"
      }
    }
    if (clientCertificateFile == nil) != (clientKeyFile == nil) {
      return "client_certificate_file and client_key_file need each other"
    }
    if case .fingerprint(let bytes) = trust, bytes.count != 32 {
      return "a SHA-256 fingerprint has 32 bytes, not \(bytes.count)"
    }
    return nil
  }
}
