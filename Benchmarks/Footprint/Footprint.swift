import Contract
import Foundation
import Jobs
import MQTT
import ShopSimulator

/// What the daemon costs, measured on the program beside this one: memory with 10 and with 1,000 devices, syncs while
/// nothing changes, and the time from command to reply; and what it takes beside 10,000 jobs. `make bench` builds both for
/// release.
///
/// Usage: `footprint [DEVICES …]`, or `footprint jobs [NUMBER]`; without any of these 10 and 1,000 devices, and 10,000 jobs.
@main
enum Footprint {
  static func main() async {
    do {
      let counts = CommandLine.arguments.dropFirst().compactMap { Int($0) }
      if CommandLine.arguments.dropFirst().first == "jobs" {
        return try await Years.measure(jobs: max(1000, counts.first ?? 10_000))
      }
      for count in counts.isEmpty ? [10, 1000] : counts { try await measure(devices: count) }
      if counts.isEmpty { try await Years.measure(jobs: 10_000) }
    } catch {
      print("the bench could not run: \(error)")
      exit(1)
    }
  }

  private static func measure(devices count: Int) async throws {
    let program =
      URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path + "/chargehand"
    // As brokers usually are: one that writes its whole store after every change measures its own disk.
    var options = PrivateBroker.Options()
    options.isPersistent = false
    let broker = try await PrivateBroker.start(options)
    let folder = try ScratchFolder("chargehand-bench")
    defer { folder.remove() }
    try folder.write(
      configuration(devices: count, port: broker.port, state: folder["state"]), to: "shop.yaml")
    let calls = folder["syncs"]
    let trace = Programs.find("strace")
    let daemon = try ChildProgram([program, "run", "--config", folder["shop.yaml"]], log: folder["log"])
    let shop = BrokerClient("shop", port: broker.port, filters: [])
    let person = SimulatedOperator("bench", gateway: "bench", port: broker.port)
    try await shop.connected()
    try await person.connected(within: .seconds(30))
    let feeder = Task { await feed(shop, devices: count) }
    defer { feeder.cancel() }

    let times = try await latencies(person, count: 200)
    // Starting up is over, and what it used is given back.
    try await Task.sleep(for: .seconds(20))
    print("\(count) MQTT devices at 1 message a second each")
    print("  resident memory      \(kilobytes("VmRSS", of: daemon.processID) / 1024) MB")
    print("  of it, not the program's own file  \(kilobytes("RssAnon", of: daemon.processID) / 1024) MB")
    print(
      "  command to reply     median \(times[times.count / 2]) ms, 99 % \(times[times.count * 99 / 100]) ms, of \(times.count)"
    )
    if let trace, count == 10 {
      let syncs = try await syncsInAMinute(trace, of: daemon.processID, into: calls)
      print("  syncs in a minute in which nothing changes  \(syncs)")
    }
    try await daemon.kill()
    try await broker.stop()
    broker.remove()
  }

  /// Steady readings with the noise of a real scale, below what counts as a change.
  private static func feed(_ shop: BrokerClient, devices count: Int) async {
    var second = 0
    while !Task.isCancelled {
      second += 1
      for number in 0..<count {
        let weight = (second + number) % 2 == 0 ? "962.5" : "962.6"
        shop.publish("shop/\(number)/scale", #"{"weight":\#(weight)}"#, qos: .atMostOnce)
        shop.publish("shop/\(number)/state", #"{"state":"idle"}"#, qos: .atMostOnce)
      }
      try? await Task.sleep(for: .seconds(1))
    }
  }

  /// Milliseconds from command to reply, sorted.
  private static func latencies(_ person: SimulatedOperator, count: Int) async throws -> [Double] {
    var times: [Double] = []
    for number in 0..<count {
      let elapsed = try await ContinuousClock().measure {
        _ = try await person.command("job.create", ["job": "J-\(number)", "customer": "acme", "parts": "[]"])
      }
      times.append((Double(elapsed.components.attoseconds) / 1e13).rounded() / 100)
    }
    return times.sorted()
  }

  private static func syncsInAMinute(_ trace: String, of process: Int32, into file: String) async throws
    -> Int
  {
    let calls = "trace=fsync,fdatasync,sync_file_range,msync"
    let watcher = try ChildProgram(
      [trace, "-f", "-qq", "-e", calls, "-o", file, "-p", "\(process)"], log: file + ".log")
    try await Task.sleep(for: .seconds(60))
    watcher.send(signal: SIGINT)
    _ = try? await watcher.waitUntilEnded()
    let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").filter { $0.contains("sync") }.count
  }

  static func kilobytes(_ field: String, of process: Int32) -> Int {
    let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(field + ":") }
    return line.flatMap { Int($0.split(whereSeparator: { !$0.isNumber }).first ?? "") } ?? 0
  }

  private static func configuration(devices count: Int, port: UInt16, state: String) -> String {
    let devices = (0..<count).map { number in
      """
        - id: d-\(number)
          channels:
            weight: {topic: shop/\(number)/scale, json: weight, unit: g, division: 0.1g}
            run_state: {topic: shop/\(number)/state, json: state, map: {printing: running, idle: idle}}
      """
    }
    let centers = (0..<count).map {
      "  - {id: w-\($0), run_state: d-\($0), scales: [d-\($0)], machine_rate: m}"
    }
    return """
      version: 1
      gateway: {id: bench, currency: USD, state_directory: \(state)}
      mqtt: {broker: "mqtt://127.0.0.1:\(port)"}
      devices:
      \(devices.joined(separator: "\n"))
      work_centers:
      \(centers.joined(separator: "\n"))
      price_list:
        machines:
          m: {name: Machine, price: 6.00/h, tax: standard}
        taxes:
          standard: {rate: 0%, category: Z}
      customers:
        - {ref: acme, name: Acme Robotics}

      """
  }
}
