/// One way to the broker: what the library is told to connect to, and from where.
struct Route: Equatable {
  let host: String
  /// The wildcard address of a family, which confines the library to it; nil leaves it free.
  var source: String?

  /// The routes in order of preference.
  ///
  /// The library verifies the certificate against the host it is given, so with TLS that is the name; it looks
  /// it up again, which right after our own lookup is quick. Of several addresses it would stay with the first
  /// that does not refuse at once, so it is sent to each family in turn: a broker that only listens on IPv4 is
  /// found under a name that has both, as `localhost` does on Debian.
  static func routes(to host: String, at addresses: [String], isTLS: Bool) -> [Route] {
    guard isTLS else { return addresses.map { Route(host: $0) } }
    var routes: [Route] = []
    for address in addresses {
      let route = Route(host: host, source: address.contains(":") ? "::" : "0.0.0.0")
      if !routes.contains(route) { routes.append(route) }
    }
    return routes
  }
}
