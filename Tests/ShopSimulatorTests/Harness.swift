import Contract
import JSON
import Modbus
import ShopSimulator

/// FNV-1a, four times over: not for keeping, but it tells two texts apart and looks like a SHA-256.
func checksum(_ bytes: [UInt8]) -> String {
  let hash = bytes.reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
  let digits = String(hash, radix: 16)
  return String(repeating: String(repeating: "0", count: 16 - digits.utf8.count) + digits, count: 4)
}

/// A draft message with a right hash, as far as a billing service looks at it.
func draft(_ id: String, revision: Int = 1, payable: String = "10.00") throws -> [UInt8] {
  var object: JSONObject = [
    "draft_id": .string(id), "revision": .number(revision), "totals": ["payable": .string(payable)],
  ]
  object["content_sha256"] = .string(checksum(try JSONValue.object(object).canonicalBytes))
  return try JSONValue.object(object).canonicalBytes
}

/// What one device answers to a gateway's own bus.
func read(_ endpoint: Endpoint, unit: UInt8, _ points: [Point]) async throws -> RegisterImage {
  let plan = try PollPlan(name: "device", unit: unit, periodMilliseconds: 20, groups: [points])
  let bus = try Bus(name: "bus", endpoint: endpoint, plans: [plan])
  let (sweeps, feed) = AsyncStream.makeStream(of: Sweep.self)
  let task = Task {
    await bus.run { feed.yield($0) }
    feed.finish()
  }
  var image: RegisterImage?
  for await sweep in sweeps {
    image = try? sweep.result.get()
    if image != nil { break }
  }
  bus.stop()
  await task.value
  guard let image else { throw NoReading() }
  return image
}

func withBroker<T>(
  _ options: PrivateBroker.Options = PrivateBroker.Options(), _ body: (PrivateBroker) async throws -> T
) async throws -> T {
  let broker = try await PrivateBroker.start(options)
  defer { broker.remove() }
  return try await body(broker)
}

struct NoReading: Error {}
