import Glibc

/// A private authority with a server's and a client's certificate, made by `openssl` in a folder.
public struct BrokerCertificates: Sendable {
  public let folder: String
  public var authorityFile: String { folder + "/ca.crt" }
  public var serverCertificateFile: String { folder + "/server.crt" }
  public var serverKeyFile: String { folder + "/server.key" }
  public var clientCertificateFile: String { folder + "/client.crt" }
  public var clientKeyFile: String { folder + "/client.key" }

  /// - Parameter names: the server certificate's subject alternative names: `DNS:localhost`,
  ///   `IP:127.0.0.1`.
  public init(names: [String]) throws(BrokerError) {
    var template = [CChar]("/tmp/chargehand-ca-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw BrokerError("cannot make a temporary folder", errno) }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    try BrokerTool.run(
      ["openssl", "req", "-x509"] + curve + [
        "-subj", "/CN=Chargehand private authority", "-days", "30", "-keyout", folder + "/ca.key", "-out",
        authorityFile,
      ])
    try issue("server", "subjectAltName=\(names.joined(separator: ","))", curve)
    try issue("client", "extendedKeyUsage=clientAuth", curve)
  }

  /// Removes the folder.
  public func remove() { BrokerFiles.remove(folder) }

  private func issue(_ name: String, _ fields: String, _ curve: [String]) throws(BrokerError) {
    let file = "\(folder)/\(name)"
    try BrokerTool.run(
      ["openssl", "req"] + curve + ["-subj", "/CN=\(name)", "-keyout", file + ".key", "-out", file + ".csr"])
    try BrokerFiles.write(fields + "\n", to: file + ".ext")
    try BrokerTool.run([
      "openssl", "x509", "-req", "-in", file + ".csr", "-CA", authorityFile, "-CAkey", folder + "/ca.key",
      "-CAcreateserial", "-days", "30", "-extfile", file + ".ext", "-out", file + ".crt",
    ])
  }
}
