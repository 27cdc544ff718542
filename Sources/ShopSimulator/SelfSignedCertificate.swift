internal import Foundation

/// A certificate that a machine made for itself, in a folder of its own: what the brokers inside printers
/// show.
public struct SelfSignedCertificate: Sendable {
  public let folder: ScratchFolder

  public var file: String { folder["self.crt"] }
  public var keyFile: String { folder["self.key"] }

  /// - Parameters:
  ///   - commonName: the only name in it, unless `extensions` give more.
  ///   - extensions: as openssl takes them: `subjectAltName=DNS:printer.shop`.
  ///   - isExpired: it was good in January 2020.
  /// - Throws: ``BrokerError`` when openssl is not installed or fails, ``SimulatorError``.
  public init(commonName: String, extensions: [String] = [], isExpired: Bool = false) throws {
    folder = try ScratchFolder("chargehand-certificate")
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", keyFile]
    let subject = ["-subj", "/CN=\(commonName)"]
    guard isExpired else {
      let added = extensions.flatMap { ["-addext", $0] }
      try Programs.run("openssl", ["req", "-x509", "-days", "30", "-out", file] + key + subject + added)
      return
    }
    // `req` makes no certificate for the past, `ca` does.
    try Programs.run("openssl", ["req", "-out", folder["self.csr"]] + key + subject)
    try folder.write(
      "[ca]\ndefault_ca=own\n[own]\ndatabase=\(folder["index"])\nnew_certs_dir=\(folder.path)\n"
        + "rand_serial=yes\ndefault_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n", to: "ca.cnf")
    try folder.write("", to: "index")
    try Programs.run(
      "openssl",
      [
        "ca", "-batch", "-notext", "-selfsign", "-config", folder["ca.cnf"], "-keyfile", keyFile, "-in",
        folder["self.csr"], "-startdate", "20200101000000Z", "-enddate", "20200131000000Z", "-out", file,
      ])
  }

  /// Its SHA-256 as openssl prints it: 32 pairs of capital digits with colons between them.
  public func fingerprint() throws -> String {
    let line = try Programs.run("openssl", ["x509", "-in", file, "-noout", "-fingerprint", "-sha256"])
    return line.split(separator: "=").last.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } ?? ""
  }

  /// Puts a NUL in the place of a letter of the common name, and signs that with the same key: a name that
  /// ends early for whoever takes it for a C string.
  public func plantNUL(at letter: Character) throws {
    let binary = folder["self.der"]
    try Programs.run("openssl", ["x509", "-in", file, "-outform", "DER", "-out", binary])
    var bytes = try Data(contentsOf: URL(fileURLWithPath: binary))
    for index in bytes.indices where bytes[index] == letter.asciiValue { bytes[index] = 0 }
    try bytes.write(to: URL(fileURLWithPath: binary))
    try Programs.run(
      "openssl", ["x509", "-inform", "DER", "-in", binary, "-signkey", keyFile, "-days", "30", "-out", file])
  }

  /// Removes the folder.
  public func remove() { folder.remove() }
}

extension PrivateBroker.Options {
  /// Speaks TLS only, with this certificate.
  public mutating func secure(with certificate: SelfSignedCertificate) {
    lines += ["certfile \(certificate.file)", "keyfile \(certificate.keyFile)"]
  }
}
