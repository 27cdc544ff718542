/// A private authority with a server's and a client's certificate, made by `openssl` in a folder of its own.
public struct BrokerCertificates: Sendable {
  public let folder: ScratchFolder

  public var authorityFile: String { folder["ca.crt"] }
  public var clientCertificateFile: String { folder["client.crt"] }
  public var clientKeyFile: String { folder["client.key"] }

  /// - Parameter names: what the server's certificate is good for: `DNS:localhost`, `IP:127.0.0.1`.
  /// - Throws: ``BrokerError`` when openssl is not installed or fails, ``SimulatorError``.
  public init(names: [String]) throws {
    folder = try ScratchFolder("chargehand-certificates")
    let authority = ["-subj", "/CN=Private authority", "-days", "30", "-out", authorityFile]
    try Programs.run("openssl", ["req", "-x509"] + Self.newKey(folder["ca.key"]) + authority)
    try issue("server", "subjectAltName=\(names.joined(separator: ","))")
    try issue("client", "extendedKeyUsage=clientAuth")
  }

  /// Removes the folder.
  public func remove() { folder.remove() }

  private func issue(_ name: String, _ extensions: String) throws {
    let (request, certificate) = (folder["\(name).csr"], folder["\(name).crt"])
    let subject = ["-subj", "/CN=\(name)", "-out", request]
    try Programs.run("openssl", ["req"] + Self.newKey(folder["\(name).key"]) + subject)
    try folder.write(extensions + "\n", to: "\(name).ext")
    try Programs.run(
      "openssl",
      [
        "x509", "-req", "-in", request, "-CA", authorityFile, "-CAkey", folder["ca.key"], "-CAcreateserial",
        "-days", "30", "-extfile", folder["\(name).ext"], "-out", certificate,
      ])
  }

  private static func newKey(_ file: String) -> [String] {
    ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", file]
  }
}

extension PrivateBroker.Options {
  /// Speaks TLS only.
  /// - Parameter requiresClientCertificate: lets in only who shows a certificate of the same authority.
  public mutating func secure(with certificates: BrokerCertificates, requiresClientCertificate: Bool = false)
  {
    lines += [
      "cafile \(certificates.authorityFile)", "certfile \(certificates.folder["server.crt"])",
      "keyfile \(certificates.folder["server.key"])", "require_certificate \(requiresClientCertificate)",
    ]
  }
}
