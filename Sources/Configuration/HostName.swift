import Glibc

/// One spelling for each host, to tell whether two are the same.
///
/// Nothing is looked up: two names of one machine stay two.
enum HostName {
  /// - Returns: an address as `inet_ntop` writes it, a name in small letters; this machine is always `127.0.0.1`.
  static func canonical(_ host: String) -> String {
    var name = host.lowercased()
    // The dot of the root: `mill.shop.` is `mill.shop`, with no search list tried.
    if name.hasSuffix("."), name.utf8.count > 1 { name.removeLast() }
    let address = version6(name) ?? version4(name) ?? name
    return ["localhost", "::1", "0.0.0.0", "::"].contains(address) ? "127.0.0.1" : address
  }

  /// `127.1` and `0x7f000001` as well: what connects by them takes them so.
  private static func version4(_ text: String) -> String? {
    var address = in_addr()
    guard inet_aton(text, &address) != 0 else { return nil }
    return written(&address, AF_INET, INET_ADDRSTRLEN)
  }

  private static func version6(_ text: String) -> String? {
    // The interface of a link-local address is none of its bytes.
    let zone = text.firstIndex(of: "%") ?? text.endIndex
    var address = in6_addr()
    guard inet_pton(AF_INET6, String(text[..<zone]), &address) == 1 else { return nil }
    guard let written = written(&address, AF_INET6, INET6_ADDRSTRLEN) else { return nil }
    let mapped = "::ffff:"
    // Only of these does inet_ntop write the last four bytes with dots.
    if written.hasPrefix(mapped), written.contains(".") { return String(written.dropFirst(mapped.count)) }
    return written + text[zone...]
  }

  private static func written(_ address: UnsafeRawPointer, _ family: CInt, _ length: CInt) -> String? {
    var text = [CChar](repeating: 0, count: Int(length))
    guard inet_ntop(family, address, &text, socklen_t(length)) != nil else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
