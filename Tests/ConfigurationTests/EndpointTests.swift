import Configuration
import Testing

@Suite("Two buses to one endpoint")
struct EndpointTests {
  private func mistakes(_ first: String, _ second: String) -> [String] {
    let text = """
      version: 1
      gateway: {id: shop, currency: USD}
      mqtt: {broker: "mqtt://127.0.0.1"}
      buses: [{id: a, tcp: "\(first)"}, {id: b, rtu_over_tcp: "\(second)"}]

      """
    return Shop.mistakes(Shop.read(text))
  }

  @Test(
    "are refused, however the host is spelled",
    arguments: [
      ("127.0.0.1:502", "127.0.0.1", "127.0.0.1:502"), ("127.0.0.1", "127.1:502", "127.0.0.1:502"),
      ("127.0.0.1", "0x7f.1", "127.0.0.1:502"), ("127.0.0.1", "2130706433", "127.0.0.1:502"),
      ("127.0.0.1", "[::ffff:127.0.0.1]", "127.0.0.1:502"), ("127.0.0.1", "[::FFFF:7f00:1]", "127.0.0.1:502"),
      ("127.0.0.1", "[::1]", "127.0.0.1:502"), ("127.0.0.1", "localhost", "127.0.0.1:502"),
      ("LOCALHOST.", "127.0.0.1", "127.0.0.1:502"), ("127.0.0.1", "0.0.0.0", "127.0.0.1:502"),
      ("mill.shop.example:503", "Mill.Shop.EXAMPLE.:503", "mill.shop.example:503"),
      ("[fe80::1%2]", "[FE80:0::0:1%2]", "[fe80::1%2]:502"),
      ("[2001:db8::1]", "[2001:0DB8:0:0:0:0:0:1]:502", "[2001:db8::1]:502"),
      ("192.168.1.20", "192.168.276", "192.168.1.20:502"),
    ])
  func same(_ first: String, _ second: String, _ endpoint: String) throws {
    let lines = mistakes(first, second)
    let line = try #require(lines.first, "\(second) is accepted beside \(first)")
    #expect(lines.count == 1)
    #expect(line.contains("buses.b.rtu_over_tcp: the bus a has the same endpoint already (found "), "\(line)")
    #expect(line.contains("\"\(endpoint)\""), "\(line)")
  }

  @Test(
    "are two where the host or the port is another",
    arguments: [
      ("127.0.0.1:502", "127.0.0.1:503"), ("127.0.0.1", "127.0.0.2"), ("192.168.1.20", "192.168.1.2"),
      ("mill.shop", "mill.shop.example"), ("[fe80::1%2]", "[fe80::1%3]"),
      ("[2001:db8::1]", "[2001:db8::10]"),
      ("mill-1", "mill-2"), ("[::ffff:10.0.0.1]", "[::fffe:10.0.0.1]"),
    ])
  func different(_ first: String, _ second: String) {
    #expect(mistakes(first, second) == [])
  }
}
