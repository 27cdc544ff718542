import COpenSSL
import Glibc

/// OpenSSL's settings for one connection, made by us and handed to libmosquitto, which by itself can neither
/// verify another name than the host nor pin a certificate (docs/decisions/0015-tls-of-our-own.md).
///
/// Made anew for each connection, so that renewed files are taken up. Confined to the link's thread.
final class TLSContext {
  /// An `SSL_CTX`.
  let handle: OpaquePointer
  /// What must stand in the certificate; nil where a pin says it all.
  let verifiedName: String?
  /// The SHA-256 of the only certificate that is taken.
  let pin: [UInt8]?
  /// Why the broker's certificate was refused.
  var refusal: CertificateRefusal?
  /// What the ClientHello asks for: a name, never an address (RFC 6066).
  private let serverName: String?

  /// - Parameter host: the name to verify where the settings have none.
  /// - Throws: a file that cannot be used, in words.
  init(_ settings: TLSSettings, host: String) throws(LinkError.Reason) {
    guard let handle = SSL_CTX_new(TLS_client_method()) else {
      throw .system("OpenSSL gives no context: \(Self.lastWords())")
    }
    self.handle = handle
    switch settings.trust {
    case .fingerprint(let digest): pin = digest
    case .certificate(let file):
      do throws(LinkError.Reason) {
        pin = try Self.fingerprint(ofFile: file)
      } catch {
        SSL_CTX_free(handle)
        throw error
      }
    case .system, .authorities: pin = nil
    }
    let name = settings.name ?? Self.name(ofHost: host)
    verifiedName = pin == nil ? name : settings.name
    serverName = Resolver.isLiteral(name) ? nil : name
    // What OpenSSL reports is read once and must not wait in the thread's queue: the library would take it
    // for its own.
    defer { ERR_clear_error() }
    guard tls_harden(handle) == 1 else { throw .system("OpenSSL refuses TLS 1.2: \(Self.lastWords())") }
    // Without a callback it would ask for an encrypted key's password on the terminal.
    SSL_CTX_set_default_passwd_cb(handle) { _, _, _, _ in 0 }
    try trust(settings.trust)
    try verify()
    try identify(settings)
  }

  deinit { SSL_CTX_free(handle) }

  private func trust(_ trust: TLSSettings.Trust) throws(LinkError.Reason) {
    switch trust {
    case .system:
      guard SSL_CTX_load_verify_dir(handle, "/etc/ssl/certs") == 1 else {
        throw .settings("the authorities of the system (/etc/ssl/certs) cannot be used: \(Self.lastWords())")
      }
    case .authorities(let file):
      try Self.demandReadable(file, "ca_file")
      guard SSL_CTX_load_verify_file(handle, file) == 1 else {
        throw .settings("ca_file \(file) cannot be used: \(Self.lastWords())")
      }
    // Nothing is loaded: the pinned certificate alone is trusted, and only when it is shown.
    case .certificate, .fingerprint: break
    }
  }

  private func verify() throws(LinkError.Reason) {
    if let verifiedName {
      let parameters = SSL_CTX_get0_param(handle)
      if Resolver.isLiteral(verifiedName) {
        guard X509_VERIFY_PARAM_set1_ip_asc(parameters, verifiedName) == 1 else {
          throw .settings("the address \(verifiedName) cannot be verified: \(Self.lastWords())")
        }
      } else {
        X509_VERIFY_PARAM_set_hostflags(parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        guard X509_VERIFY_PARAM_set1_host(parameters, verifiedName, verifiedName.utf8.count) == 1 else {
          throw .settings("the name \(verifiedName) cannot be verified: \(Self.lastWords())")
        }
      }
    }
    let me = Unmanaged.passUnretained(self).toOpaque()
    SSL_CTX_set_verify(handle, SSL_VERIFY_PEER, nil)
    SSL_CTX_set_cert_verify_callback(
      handle,
      { store, context in
        guard let store, let context else { return 0 }
        return Unmanaged<TLSContext>.fromOpaque(context).takeUnretainedValue().judge(store) ? 1 : 0
      }, me)
    // The library asks for whatever it connects to, which is an address here.
    SSL_CTX_set_ex_data(handle, 0, me)
    SSL_CTX_set_info_callback(handle) { connection, event, _ in
      guard event & SSL_CB_HANDSHAKE_START != 0,
        let context = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), 0)
      else { return }
      let name = Unmanaged<TLSContext>.fromOpaque(context).takeUnretainedValue().serverName
      _ = tls_ask_for(connection, name)
    }
  }

  private func identify(_ settings: TLSSettings) throws(LinkError.Reason) {
    guard let certificate = settings.clientCertificateFile, let key = settings.clientKeyFile else { return }
    try Self.demandReadable(certificate, "client_certificate_file")
    try Self.demandReadable(key, "client_key_file")
    guard SSL_CTX_use_certificate_chain_file(handle, certificate) == 1 else {
      throw .settings("client_certificate_file \(certificate) cannot be used: \(Self.lastWords())")
    }
    guard SSL_CTX_use_PrivateKey_file(handle, key, SSL_FILETYPE_PEM) == 1 else {
      throw .settings(
        "client_key_file \(key) cannot be used with client_certificate_file \(certificate): "
          + "\(Self.lastWords()); it must be the unencrypted key of that certificate")
    }
  }

  /// Whether the library's connection is really under these settings; a library that left them aside must not
  /// get to send the password.
  func governs(_ connection: OpaquePointer?) -> Bool {
    guard let connection else { return false }
    return SSL_get_SSL_CTX(connection) == handle && SSL_get_verify_mode(connection) == SSL_VERIFY_PEER
  }

  /// The host without what no certificate carries: the dot of a complete name, the zone of an IPv6 address.
  private static func name(ofHost host: String) -> String {
    if host.utf8.contains(UInt8(ascii: ":")) { return String(host.prefix { $0 != "%" }) }
    return host.hasSuffix(".") ? String(host.dropLast()) : host
  }

  private static func fingerprint(ofFile path: String) throws(LinkError.Reason) -> [UInt8] {
    try demandReadable(path, "certificate_file")
    defer { ERR_clear_error() }
    guard let file = BIO_new_file(path, "r") else {
      throw .settings("certificate_file \(path) cannot be used: \(lastWords())")
    }
    defer { BIO_free(file) }
    guard let certificate = PEM_read_bio_X509(file, nil, { _, _, _, _ in 0 }, nil) else {
      throw .settings("certificate_file \(path) holds no certificate in PEM form: \(lastWords())")
    }
    defer { X509_free(certificate) }
    return fingerprint(of: certificate)
  }

  /// The SHA-256 of a certificate; empty if OpenSSL has none to give, which equals no pin.
  static func fingerprint(of certificate: OpaquePointer) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard X509_digest(certificate, EVP_sha256(), &bytes, &count) == 1 else { return [] }
    return Array(bytes.prefix(Int(count)))
  }

  private static func demandReadable(_ path: String, _ key: String) throws(LinkError.Reason) {
    if access(path, R_OK) != 0 {
      throw .settings("cannot read \(key) \(path): \(MosquittoCode.systemText(errno))")
    }
  }

  private static func lastWords() -> String {
    guard let words = ERR_reason_error_string(ERR_peek_last_error()) else { return "no reason given" }
    return String(cString: words)
  }
}
