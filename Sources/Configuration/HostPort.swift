/// `HOST:PORT`, `HOST`, `[IPV6]:PORT`.
public struct HostPort: Hashable, Sendable {
  public var host: String
  public var port: UInt16

  static func text(_ host: String, _ port: UInt16) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  public init?(_ text: some StringProtocol, defaultPort: UInt16) {
    var rest = Substring(text)
    if rest.hasPrefix("[") {
      guard let end = rest.firstIndex(of: "]") else { return nil }
      host = String(rest[rest.index(after: rest.startIndex)..<end])
      rest = rest[rest.index(after: end)...]
      guard host.contains(":"), host.utf8.allSatisfy(Self.isAddress) else { return nil }
    } else {
      let end = rest.firstIndex(of: ":") ?? rest.endIndex
      host = String(rest[..<end])
      rest = rest[end...]
      guard host.utf8.allSatisfy(Self.isName), !host.hasPrefix("-") else { return nil }
    }
    guard (1...253).contains(host.utf8.count) else { return nil }
    guard !rest.isEmpty else {
      port = defaultPort
      return
    }
    guard rest.hasPrefix(":"), let port = UInt16(rest.dropFirst()), port > 0 else { return nil }
    self.port = port
  }

  /// A port that there cannot be, where that is what is wrong with a text: `99999` of `192.168.1.20:99999`.
  public static func impossiblePort(in text: some StringProtocol) -> String? {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let port = text[text.index(after: colon)...]
    guard !port.isEmpty, port.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      HostPort("\(text[..<colon])", defaultPort: 1) != nil, UInt16(port) ?? 0 == 0
    else { return nil }
    return String(port)
  }

  private static func isName(_ byte: UInt8) -> Bool {
    byte < 0x80 && (Character(Unicode.Scalar(byte)).isASCIIAlphanumeric || "-._".utf8.contains(byte))
  }

  private static func isAddress(_ byte: UInt8) -> Bool {
    byte < 0x80 && (Character(Unicode.Scalar(byte)).isHexDigit || ":.%".utf8.contains(byte))
  }
}
