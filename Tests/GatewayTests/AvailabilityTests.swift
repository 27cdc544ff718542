import Contract
import Glibc
import JSON
import Jobs
import MQTT
import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  @Suite(.serialized) struct AvailabilityTests {
    enum Part: String, CaseIterable, Sendable { case broker, floor, line }

    @Test(
      "with broker, buses and devices off at the start, it bills right once they are on",
      .timeLimit(.minutes(2)),
      arguments: [[Part.broker, .floor, .line], [.line, .floor, .broker], [.floor, .broker, .line]])
    func offAtStart(order: [Part]) async throws {
      try await withShop(starts: false) { played in
        let shop = played.shop
        shop.floorBus.stop()
        shop.serialBus.stop()
        try await shop.broker.stop()
        try played.launch()
        try await played.logged("chargehand is up")
        var servers: [ModbusServer] = []
        for part in order {
          try await Task.sleep(for: .milliseconds(600))
          switch part {
          case .broker: try await shop.broker.restart()
          case .floor: servers.append(try ModbusServer.tcp(port: shop.floorBus.port, map: shop.floorBus.map))
          case .line: servers.append(try ModbusServer.serial(shop.line, map: shop.serialBus.map))
          }
        }
        try await played.everythingHeard(within: .seconds(45))
        try await Story.order(shop)
        try await Story.mill(played, for: .seconds(2))
        try await shop.person.command("job.complete", ["job": "J-1"])
        let draft = try await Story.draft(shop)
        let ran = Double(shop.mill.runMilliseconds) / 1000
        let time = try #require(draft.lines.first { $0.type == "machine" })
        #expect(abs(Story.seconds(time) - ran) <= 0.25, "\(time), truly \(ran) s")
        let plate = try #require(draft.lines.first { $0.type == "material" })
        let used = Double(shop.scale.usedMilligrams) / 1e6
        #expect(abs(Story.number(plate.quantity) - used) <= 0.002, "\(plate), truly \(used) kg")
        #expect(Recomputed.faults(in: draft) == [])
        for server in servers { server.stop() }
      }
    }

    @Test("a bus unplugged in mid-run costs nobody a gram or a second", .timeLimit(.minutes(2)))
    func unplugged() async throws {
      try await withShop { played in
        let shop = played.shop
        try await played.everythingHeard()
        try await Story.order(shop)
        try await shop.person.command("job.start", ["work_center": "mill-1", "job": "J-1", "part": "plate"])
        shop.mill.start()
        try await played.workCenter("mill-1", "the mill at work") { $0["run_state"]?.string == "running" }
        try await Task.sleep(for: .seconds(2))
        shop.floorBus.stop()
        try await played.state("device/mill-1", "the mill offline") { $0["online"]?.bool == false }
        try await Task.sleep(for: .milliseconds(500))
        let server = try ModbusServer.tcp(port: shop.floorBus.port, map: shop.floorBus.map)
        try await played.state("device/mill-1", "the mill online", within: .seconds(30)) {
          $0["online"]?.bool == true
        }
        try await Task.sleep(for: .seconds(1))
        shop.mill.stop()
        try await played.workCenter("mill-1", "the mill at rest") { $0["run_state"]?.string == "idle" }
        try await shop.person.command("job.complete", ["job": "J-1"])
        let draft = try await Story.draft(shop)
        let ran = Double(shop.mill.runMilliseconds) / 1000
        let time = try #require(draft.lines.first { $0.type == "machine" })
        #expect(abs(Story.seconds(time) - ran) <= 0.4, "\(time), truly \(ran) s")
        let plate = try #require(draft.lines.first { $0.type == "material" })
        let used = Double(shop.scale.usedMilligrams) / 1e6
        #expect(abs(Story.number(plate.quantity) - used) <= 0.002, "\(plate), truly \(used) kg")
        try await Story.verify(played)
        server.stop()
      }
    }

    @Test("a broker that forgot everything is told everything anew", .timeLimit(.minutes(1)))
    func forgetfulBroker() async throws {
      var options = PrivateBroker.Options()
      options.isPersistent = false
      try await withShop(broker: options) { played in
        try await played.everythingHeard()
        try await Desk.create(played, "J-1")
        try await played.state("job/J-1", "the job") { $0["production_state"]?.string == "open" }
        try await played.shop.broker.kill()
        try await played.shop.broker.restart()
        // A newcomer sees only what is retained.
        let newcomer = played.shop.panel("newcomer")
        for topic in [
          "status", "state/catalog", "state/job/J-1", "state/work-center/mill-1", "state/device/scale-2",
        ] {
          try await newcomer.state(of: played.shop.topics.prefix + topic, "anything", within: .seconds(20)) {
            $0.json != nil
          }
        }
        try await newcomer.state(of: played.shop.topics.status, "online") { $0.string("state") == "online" }
        newcomer.close()
      }
    }

    @Test(
      "the broker gone for a while: commands at the socket are done, and told later", .timeLimit(.minutes(1)))
    func brokerAway() async throws {
      try await withShop { played in
        try await played.shop.broker.stop()
        let created = try await played.tool(
          "job", "create", "--job", "J-1", "--customer", "acme", "--parts", "[]")
        #expect(created.status == 0, "\(created.output)")
        let labor = try await played.tool(
          "labor", "record", "--job", "J-1", "--operator", "mira", "--activity", "post-processing",
          "--minutes", "60")
        #expect(labor.status == 0, "\(labor.output)")
        let completed = try await played.tool("job", "complete", "--job", "J-1")
        #expect(completed.status == 0, "\(completed.output)")
        try await played.shop.broker.restart()
        let draft = try await Story.draft(played.shop)
        #expect(draft.payable == "54.00")
        try await played.state("job/J-1", "the job accepted") { $0["billing_state"]?.string == "accepted" }
      }
    }

    @Test("use with no job open is kept and announced", .timeLimit(.minutes(1)))
    func unattributed() async throws {
      try await withShop { played in
        try await played.everythingHeard()
        played.shop.mill.start()
        try await Task.sleep(for: .seconds(3))
        played.shop.mill.stop()
        try await played.workCenter("mill-1", "the mill at rest") { $0["run_state"]?.string == "idle" }
        try await Story.order(played.shop)
        // Where a run begins, what was nobody's is over.
        try await played.shop.person.command(
          "job.start", ["work_center": "mill-1", "job": "J-1", "part": "plate"])
        let event = try await played.panel.next("the usage of machine time") { message in
          message.topic.hasSuffix("event/unattributed-usage") && message.string("kind") == "machine_time"
        }
        let ran = Double(played.shop.mill.runMilliseconds) / 1000
        #expect(abs(Story.number(event.string("quantity")) - ran) <= 0.25, "\(ran) s")
        #expect(event.string("work_center") == "mill-1")
        let grams = try await played.panel.next("the usage of material") { message in
          message.topic.hasSuffix("event/unattributed-usage") && message.string("kind") == "material"
        }
        let used = Double(played.shop.scale.usedMilligrams) / 1000
        #expect(abs(Story.number(grams.string("quantity")) - used) <= 2, "\(used) g")
        // It is put on the job, its state goes, and the draft bills it.
        let person = played.shop.person
        try await person.command("job.stop", ["work_center": "mill-1"])
        let usage = try #require(grams.string("usage"))
        try await person.command("usage.assign", ["usage": usage, "job": "J-1", "part": "plate"])
        try await person.command(
          "usage.write_off", ["usage": try #require(event.string("usage")), "reason": "a test"])
        try await person.command("job.complete", ["job": "J-1"])
        let draft = try await Story.draft(played.shop)
        let line = try #require(draft.lines.first { $0.flags.contains("assigned_usage") })
        #expect(abs(Story.number(line.quantity) * 1000 - used) <= 2)
      }
    }

    @Test("material is weighed on any scale of the shop, through the daemon", .timeLimit(.minutes(1)))
    func weighed() async throws {
      try await withShop { played in
        try await played.everythingHeard()
        try await Story.order(played.shop)
        let person = played.shop.person
        func weigh(_ step: String) async throws -> String? {
          let arguments: KeyValuePairs = [
            "job": "J-1", "material": "aluminum-6061", "scale": "scale-2", "step": step,
          ]
          // A scale that was just touched is not at rest.
          for _ in 0..<40 {
            let reply = try await person.reply(
              to: "material.weigh", arguments.map { (name: $0.key, text: $0.value) })
            if let receipt = try? reply.result.get() { return receipt.message }
            try await Task.sleep(for: .milliseconds(250))
          }
          return nil
        }
        #expect(try await weigh("before")?.hasSuffix("before") == true)
        played.shop.scale.use(micrograms: 250_000_000)
        try await Task.sleep(for: .seconds(1))
        let used = try #require(try await weigh("after"))
        #expect(used.hasSuffix("used"))
        let refused = try await person.reply(
          to: "material.weigh",
          [("job", "J-1"), ("material", "aluminum-6061"), ("scale", "mill-1"), ("step", "before")])
        let code: RefusalCode? = if case .failure(let refusal) = refused.result { refusal.code } else { nil }
        #expect(code == .unknownScale, "mill-1 is no scale")
        try await person.command("job.complete", ["job": "J-1"])
        let draft = try await Story.draft(played.shop)
        let line = try #require(draft.lines.first { $0.type == "material" })
        #expect(abs(Story.number(line.quantity) - 0.25) <= 0.001, "\(used)")
      }
    }

    @Test("what the broker holds of jobs that are over is cleared at the start", .timeLimit(.minutes(1)))
    func leftovers() async throws {
      try await withShop(starts: false) { played in
        let topics = played.shop.topics
        let old = ["job/LONG-GONE", "alarm/held.LONG-GONE", "device/sold"].map {
          "\(topics.prefix)state/\($0)"
        }
        let teller = played.shop.panel("teller")
        try await teller.connected()
        for topic in old {
          try await teller.deliver(Publication(topic: topic, payload: Array("{}".utf8), retain: true))
        }
        for topic in old { try await played.panel.state(of: topic, "the leftover") { !$0.payload.isEmpty } }
        try await played.start()
        for topic in old {
          try await played.panel.state(of: topic, "nothing", within: .seconds(15)) { $0.payload.isEmpty }
        }
        let newcomer = played.shop.panel("newcomer")
        for topic in ["state/catalog", "state/work-center/mill-1", "state/device/scale-2"] {
          try await newcomer.state(of: topics.prefix + topic, "what is still true") { $0.json != nil }
        }
        newcomer.close()
        teller.close()
      }
    }

    @Test("a message over the size limit is counted at its device", .timeLimit(.minutes(1)))
    func oversizeTelemetry() async throws {
      try await withShop { played in
        try await played.everythingHeard()
        let teller = played.shop.panel("teller")
        try await teller.connected()
        let long = Array(repeating: UInt8(ascii: "x"), count: 100_000)
        try await teller.deliver(Publication(topic: "shop/printers/1/state", payload: long))
        try await played.state("device/printer-1", "the count") {
          $0["errors"]?["too_large"]?.number != nil
        }
        teller.close()
      }
    }

    @Test(
      "stopped for a while with the broker connection kept, it asks anew how the printer is",
      .timeLimit(.minutes(1)))
    func stoppedForAWhile() async throws {
      try await withShop { played in
        try await played.everythingHeard()
        try await played.workCenter("printer-1", "the printer idle") { $0["run_state"]?.string == "idle" }
        played.daemon?.send(signal: SIGSTOP)
        try await Task.sleep(for: .seconds(12))
        played.daemon?.send(signal: SIGCONT)
        try await played.logged("nobody listened for 1")
        // The printer speaks only when it changes, and it has not.
        try await Task.sleep(for: .seconds(1))
        try await played.workCenter("printer-1", "the printer idle again") {
          $0["run_state"]?.string == "idle"
        }
      }
    }
  }
}
