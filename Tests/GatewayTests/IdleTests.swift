import Contract
import Foundation
import MQTT
import ShopSimulator
import TestGateway
import Testing
import Torture

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
        let tracer = try await Tracer(played, ["-e", "trace=fdatasync,fsync,sync_file_range,msync"])
        for _ in 0..<(isTorture ? 60 : 15) {
          watch.publish("shop/printers/1/power", power)
          try await Task.sleep(for: .seconds(1))
        }
        #expect(tracer.lines.filter { $0.contains("sync") } == [])
        // It would have been seen.
        try await Desk.create(played, "J-1")
        try await Task.sleep(for: .milliseconds(200))
        #expect(tracer.lines.contains { $0.contains("sync") }, "strace saw nothing: \(tracer.log)")
        try await tracer.stop()
        watch.close()
        let status = try String(
          contentsOfFile: "/proc/\(played.daemon?.processID ?? 0)/status", encoding: .utf8)
        print("idle: \(status.split(separator: "\n").first { $0.hasPrefix("VmRSS") } ?? "") (a debug build)")
      }
    }

    private var power: String { #"{"power":5,"energy":{"total":48.500000}}"# }
  }
}
