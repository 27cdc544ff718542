import Contract
import Foundation
import MQTT
import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  @Suite(.serialized) struct IdleTests {
    @Test("while nothing changes, nothing is synced to the disk", .timeLimit(.minutes(4)))
    func idle() async throws {
      try await withShop { played in
        try await played.everythingHeard()
        // At rest the printer's energy counter stands still; the scales go on being noisy within their tolerance.
        played.shop.printer.close()
        let watch = BrokerClient("meter", port: played.shop.broker.port, filters: [])
        for (topic, text) in [("online", "true"), ("state", #"{"state":"idle"}"#), ("power", power)] {
          try await watch.deliver(
            Publication(topic: "shop/printers/1/\(topic)", payload: Array(text.utf8), retain: true))
        }
        // What was use of energy until now is over, and its usage with it: so is the last commit of it.
        try await Task.sleep(for: .seconds(isTorture ? 15 : 5))
        let trace = played.shop.folder["strace.txt"]
        let tracer = try ChildProgram(
          [
            "/usr/bin/strace", "-f", "-qq", "-e", "trace=fdatasync,fsync,sync_file_range,msync", "-o", trace,
            "-p",
            "\(played.daemon?.processID ?? 0)",
          ], log: played.shop.folder["strace.log"])
        try await attached(to: played)
        for _ in 0..<(isTorture ? 60 : 15) {
          watch.publish("shop/printers/1/power", power)
          try await Task.sleep(for: .seconds(1))
        }
        let quiet = (try? String(contentsOfFile: trace, encoding: .utf8)) ?? ""
        #expect(quiet.split(separator: "\n").filter { $0.contains("sync") } == [])
        // It would have been seen.
        try await Desk.create(played, "J-1")
        try await Task.sleep(for: .milliseconds(200))
        let busy = (try? String(contentsOfFile: trace, encoding: .utf8)) ?? ""
        #expect(busy.contains("fdatasync") || busy.contains("fsync"), "strace saw nothing: \(tracer.log)")
        tracer.send(signal: SIGTERM)
        try await tracer.waitUntilEnded()
        watch.close()
        let status = try String(
          contentsOfFile: "/proc/\(played.daemon?.processID ?? 0)/status", encoding: .utf8)
        print("idle: \(status.split(separator: "\n").first { $0.hasPrefix("VmRSS") } ?? "") (a debug build)")
      }
    }

    private var power: String { #"{"power":5,"energy":{"total":48.500000}}"# }

    /// Waits until the kernel says that somebody traces every thread.
    private func attached(to played: PlayedShop) async throws {
      let process = played.daemon?.processID ?? 0
      let end = ContinuousClock.now + .seconds(10)
      while ContinuousClock.now < end {
        let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")
        let isTraced = threads.allSatisfy { thread in
          let status =
            (try? String(contentsOfFile: "/proc/\(process)/task/\(thread)/status", encoding: .utf8)) ?? ""
          return !status.contains("TracerPid:\t0\n")
        }
        if isTraced { return }
        try await Task.sleep(for: .milliseconds(50))
      }
      throw PlayedShopError("strace could not attach to the daemon")
    }
  }
}
