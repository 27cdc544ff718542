import Contract
import Foundation
import JSON
import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  @Suite(.serialized) struct RestartTests {
    @Test("a second daemon on the same state directory is refused in words", .timeLimit(.minutes(1)))
    func secondDaemon() async throws {
      try await withShop { played in
        let second = try await played.tool("run")
        #expect(second.status == 74)
        #expect(second.output.contains("holds this state directory"), "\(second.output)")
        #expect(second.output.contains("process \(played.daemon?.processID ?? 0)"), "\(second.output)")
        try await Desk.create(played, "J-1")
        let status = try await played.tool("status")
        #expect(status.status == 0, "the first one's control socket is gone: \(status.output)")
      }
    }

    @Test(
      "SIGTERM says offline and exits within ten seconds; what ran goes on after", .timeLimit(.minutes(2)))
    func termination() async throws {
      try await withShop { played in
        try await played.everythingHeard()
        try await Story.order(played.shop)
        try await played.shop.person.command(
          "job.start", ["work_center": "mill-1", "job": "J-1", "part": "plate"])
        played.shop.mill.start()
        try await played.workCenter("mill-1", "the mill at work") { $0["run_state"]?.string == "running" }
        try await Task.sleep(for: .seconds(2))
        #expect(try await played.stop() == 0)
        try await played.panel.state(of: played.shop.topics.status, "offline") {
          $0.string("state") == "offline"
        }
        try await Task.sleep(for: .seconds(2))
        try await played.start()
        let center = try await played.workCenter("mill-1", "the run again") {
          $0["job"]?.string == "J-1" && $0["run_state"]?.string == "running"
        }
        #expect(center["run"]?.string == "R1")
        try await Task.sleep(for: .seconds(1))
        try await played.kill()
        try await played.start()
        try await played.workCenter("mill-1", "the run after a kill") {
          $0["job"]?.string == "J-1" && $0["run_state"]?.string == "running"
        }
        try await Task.sleep(for: .seconds(1))
        played.shop.mill.stop()
        try await played.workCenter("mill-1", "the mill at rest") { $0["run_state"]?.string == "idle" }
        try await played.shop.person.command("job.complete", ["job": "J-1"])
        let draft = try await Story.draft(played.shop)
        let ran = Double(played.shop.mill.runMilliseconds) / 1000
        let time = try #require(draft.lines.first { $0.type == "machine" })
        #expect(abs(Story.seconds(time) - ran) <= 0.4, "\(time), truly \(ran) s")
        let plate = try #require(draft.lines.first { $0.type == "material" })
        let used = Double(played.shop.scale.usedMilligrams) / 1e6
        #expect(abs(Story.number(plate.quantity) - used) <= 0.002, "\(plate), truly \(used) kg")
        #expect(Recomputed.faults(in: draft) == [])
        try await Story.verify(played)
      }
    }

    @Test("SIGTERM ends it in time though broker and bus swallow everything", .timeLimit(.minutes(1)))
    func terminationInSilence() async throws {
      let (broker, bus) = (try BlackHole(), try BlackHole())
      let edit: @Sendable (String) -> String = { text in
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for index in lines.indices {
          if lines[index].contains("broker: mqtt://") {
            lines[index] = "  broker: mqtt://127.0.0.1:\(broker.port)"
          }
          if lines[index].contains("tcp: 127.0.0.1:") { lines[index] = "    tcp: 127.0.0.1:\(bus.port)" }
        }
        return lines.joined(separator: "\n")
      }
      try await withShop(edit: edit, starts: false) { played in
        try played.launch()
        try await played.logged("chargehand is up")
        // Into the middle of its waiting.
        try await Task.sleep(for: .seconds(1))
        let begin = ContinuousClock.now
        #expect(try await played.stop(within: .seconds(20)) == 0)
        #expect(ContinuousClock.now - begin < .seconds(10))
      }
    }

    @Test("SIGHUP takes a good file over and leaves a bad one alone, saying why", .timeLimit(.minutes(1)))
    func reload() async throws {
      try await withShop { played in
        let good = played.configurationText
        try played.shop.folder.write(good.replacing("35.00", with: "fish"), to: "chargehand.yaml")
        played.daemon?.send(signal: SIGHUP)
        try await played.logged("the configuration was not reloaded")
        #expect(played.log.contains("fish"))
        try await Desk.create(played, "J-1")
        try await played.shop.person.command("service.add", ["job": "J-1", "service": "design-revision"])
        try played.shop.folder.write(good.replacing("35.00", with: "50.00"), to: "chargehand.yaml")
        played.daemon?.send(signal: SIGHUP)
        try await played.logged("the configuration is reloaded")
        try await Desk.create(played, "J-2")
        try await played.shop.person.command("service.add", ["job": "J-2", "service": "design-revision"])
        for job in ["J-1", "J-2"] { try await played.shop.person.command("job.complete", ["job": job]) }
        let drafts = [try await Story.draft(played.shop), try await Story.draft(played.shop, number: 2)]
        #expect(drafts.map(\.payable).sorted() == ["42.00", "60.00"])
        try await Story.verify(played)
      }
    }

    @Test("a reload right before a kill loses nothing and counts nothing twice", .timeLimit(.minutes(2)))
    func reloadThenKill() async throws {
      try await withShop { played in
        try await played.everythingHeard()
        try await Story.order(played.shop)
        // A scale first seen in mid-run counts from there on: it must have stood still for a while before.
        try await Task.sleep(for: .seconds(2.5))
        try await played.shop.person.command(
          "job.start", ["work_center": "printer-1", "job": "J-1", "part": "bracket"])
        played.shop.printer.start(milligrams: 8_000)
        let good = played.configurationText
        for number in 0..<4 {
          try await Task.sleep(for: .milliseconds(700))
          try played.shop.folder.write(good.replacing("35.00", with: "3\(number).50"), to: "chargehand.yaml")
          let before = played.log.count("the configuration is reloaded")
          played.daemon?.send(signal: SIGHUP)
          try await played.logged("the configuration is reloaded", times: before + 1)
          try await played.shop.person.command("service.add", ["job": "J-1", "service": "design-revision"])
          if number.isMultiple(of: 2) {
            try await played.kill()
            try await played.start()
          }
        }
        try await played.workCenter("printer-1", "the print's end", within: .seconds(20)) { $0["run"] == nil }
        try await played.shop.person.command("job.complete", ["job": "J-1"])
        let draft = try await Story.draft(played.shop)
        let filament = try #require(draft.lines.first { $0.type == "material" })
        #expect(abs(Story.number(filament.quantity) - 0.008) <= 0.002, "\(filament)")
        let time = try #require(draft.lines.first { $0.type == "machine" })
        // 8 g at 2 g/s; the short gaps are bridged.
        #expect(abs(Story.seconds(time) - 4) <= 0.3, "\(time)")
        try await Story.verify(played)
      }
    }
  }
}

/// A port that swallows whoever knocks: its queue is full, so that nothing is even refused.
final class BlackHole: Sendable {
  let port: UInt16
  private let descriptors: [Int32]

  init() throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    var held = [listener]
    let isUp = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard bind(listener, address, size) == 0, listen(listener, 0) == 0 else { return false }
        guard getsockname(listener, address, &size) == 0 else { return false }
        for _ in 0..<4 {
          let knocker = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0)
          _ = connect(knocker, address, size)
          held.append(knocker)
        }
        return true
      }
    }
    guard isUp else { throw PlayedShopError("no port to swallow connections: errno \(errno)") }
    port = UInt16(bigEndian: address.sin_port)
    descriptors = held
  }

  deinit { for descriptor in descriptors { close(descriptor) } }
}
