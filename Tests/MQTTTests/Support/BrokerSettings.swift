import Glibc

/// How a private broker is configured. Always on loopback, always with Nagle off.
public struct BrokerSettings: Sendable {
  /// Passwords by user; empty: anonymous.
  public var users: [String: String] = [:]
  /// The text of an ACL file.
  public var accessList: String?
  public var certificates: BrokerCertificates?
  /// Demands a client certificate signed by the same authority.
  public var requiresClientCertificate = false
  /// Sessions and retained messages survive `stop`, and `kill` up to a second.
  public var isPersistent = false
  /// More lines of configuration.
  public var extra: [String] = []

  public init(
    users: [String: String] = [:], accessList: String? = nil, certificates: BrokerCertificates? = nil,
    isPersistent: Bool = false
  ) {
    self.users = users
    self.accessList = accessList
    self.certificates = certificates
    self.isPersistent = isPersistent
  }

  func write(to folder: String, port: UInt16) throws(BrokerError) {
    var lines = [
      // Started as root mosquitto would otherwise change to a user that cannot read the folder.
      "user root", "per_listener_settings false", "listener \(port) 127.0.0.1", "set_tcp_nodelay true",
      "log_dest stderr", "log_type all", "log_timestamp_format %H:%M:%S",
      "allow_anonymous \(users.isEmpty)", "persistence \(isPersistent)", "max_queued_messages 10000",
    ]
    if isPersistent {
      lines += ["persistence_location \(folder)/", "autosave_interval 1", "autosave_on_changes true"]
    }
    if !users.isEmpty {
      let file = folder + "/users"
      try BrokerFiles.write("", to: file)
      for (user, password) in users.sorted(by: { $0.key < $1.key }) {
        try BrokerTool.run(["mosquitto_passwd", "-b", file, user, password])
      }
      lines.append("password_file \(file)")
    }
    if let accessList {
      try BrokerFiles.write(accessList, to: folder + "/acl")
      lines.append("acl_file \(folder)/acl")
    }
    if let certificates {
      lines += [
        "cafile \(certificates.authorityFile)", "certfile \(certificates.serverCertificateFile)",
        "keyfile \(certificates.serverKeyFile)", "require_certificate \(requiresClientCertificate)",
      ]
    }
    try BrokerFiles.write((lines + extra).joined(separator: "\n") + "\n", to: folder + "/mosquitto.conf")
  }
}
