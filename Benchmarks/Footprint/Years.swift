import Foundation
import Journal
import ShopSimulator

/// A shop after years: what completing a job and a month's report take beside many jobs, and beside few.
enum Years {
  static func measure(jobs count: Int) async throws {
    let directory = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
    var options = PrivateBroker.Options()
    options.isPersistent = false
    let broker = try await PrivateBroker.start(options)
    let folder = try ScratchFolder("chargehand-years")
    defer { folder.remove() }
    try folder.write(configuration(port: broker.port, state: folder["state"]), to: "shop.yaml")
    let daemon = try ChildProgram(
      [directory + "/chargehand", "run", "--config", folder["shop.yaml"]], log: folder["log"])
    let billing = SimulatedBilling(gateway: "bench", port: broker.port, digest: SHA256.hexDigest)
    let person = SimulatedOperator("bench", gateway: "bench", port: broker.port)
    try await billing.connected(within: .seconds(30))
    try await person.connected(within: .seconds(30))
    try await live(0..<10, person)
    let few = try await live(10..<210, person)
    try await live(210..<(count - 200), person)
    let many = try await live((count - 200)..<count, person)
    func median(_ times: [Double]) -> Double { times.sorted()[times.count / 2] }
    print("\(count) jobs, each with labor, complete and drafted")
    print(
      "  job.complete to reply  median \(median(few)) ms beside 10 jobs, \(median(many)) ms beside \(count): "
        + "\((median(many) / median(few) * 100).rounded() / 100) times")
    for grouping in ["job", "customer", "machine", "material"] {
      let time = try await ContinuousClock().measure {
        let report = try ChildProgram(
          [directory + "/chargehand", "report", "--by", grouping, "--config", folder["shop.yaml"]],
          log: folder["report"])
        _ = try await report.waitUntilEnded()
      }
      print("  report of the month by \(grouping)  \(milliseconds(time)) ms")
    }
    print("  resident memory of the daemon  \(Footprint.kilobytes("VmRSS", of: daemon.processID) / 1024) MB")
    billing.close()
    try await daemon.kill()
    try await broker.stop()
    broker.remove()
  }

  /// Jobs from creation to completion; how long each completion took, in milliseconds.
  @discardableResult
  private static func live(_ numbers: Range<Int>, _ person: SimulatedOperator) async throws -> [Double] {
    var times: [Double] = []
    for number in numbers {
      let job = "J-\(number)"
      try await person.command("job.create", ["job": job, "customer": "acme", "parts": "[]"])
      try await person.command(
        "labor.record", ["job": job, "operator": "ann", "activity": "work", "minutes": "\(number % 90 + 1)"])
      let time = try await ContinuousClock().measure {
        _ = try await person.command("job.complete", ["job": job])
      }
      times.append(milliseconds(time))
    }
    return times
  }

  private static func milliseconds(_ time: Duration) -> Double {
    let (seconds, attoseconds) = time.components
    return (Double(seconds) * 100_000 + Double(attoseconds) / 1e13).rounded() / 100
  }

  private static func configuration(port: UInt16, state: String) -> String {
    """
    version: 1
    gateway: {id: bench, currency: USD, state_directory: \(state)}
    mqtt: {broker: "mqtt://127.0.0.1:\(port)"}
    price_list:
      labor:
        work: {name: Work, price: 45.00/h, tax: standard}
      taxes:
        standard: {rate: 8.25%, category: S}
    customers:
      - {ref: acme, name: Acme Robotics}

    """
  }
}
