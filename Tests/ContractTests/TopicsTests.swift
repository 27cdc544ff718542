import Contract
import Jobs
import Testing

@Suite("Topics") struct TopicsTests {
  let topics = Topics(gateway: "shop-1")

  @Test("every topic of the contract is below the gateway's prefix")
  func all() throws {
    let found = [
      topics.command("anna", "job.start"), topics.reply("anna", "c-1"), topics.status,
      topics.state(device: try .named("scale-2")), topics.state(workCenter: try .named("mill-1")),
      topics.state(job: try .named("J-1")), topics.state(usage: try .named("U1")),
      topics.state(alarm: try .named("held.J-1")), topics.catalog, topics.unattributedUsageEvent,
      topics.alarmEvent,
      topics.draft, topics.ack, topics.billingStatus, topics.ledger, topics.commandFilter,
      topics.fence("telemetry"),
    ]
    let expected = [
      "command/anna/job.start", "reply/anna/c-1", "status", "state/device/scale-2",
      "state/work-center/mill-1",
      "state/job/J-1", "state/usage/U1", "state/alarm/held.J-1", "state/catalog", "event/unattributed-usage",
      "event/alarm", "billing/draft", "billing/ack", "billing/status", "billing/ledger", "command/+/+",
      "fence/telemetry",
    ].map { "chargehand/shop-1/\($0)" }
    #expect(found == expected)
  }

  @Test("a command topic gives its actor and verb")
  func parse() throws {
    let parsed = try #require(topics.parseCommand("chargehand/shop-1/command/anna/job.start"))
    #expect(parsed == ("anna", "job.start"))
    let reply = try #require(topics.parseReply("chargehand/shop-1/reply/anna/a:1"))
    #expect(reply == ("anna", "a:1"))
  }

  @Test("names that are ill-formed are as they stand in the topic, so that they can be refused by name")
  func oddCommands() throws {
    #expect(try #require(topics.parseCommand("chargehand/shop-1/command//job.start")) == ("", "job.start"))
    #expect(try #require(topics.parseCommand("chargehand/shop-1/command/x y/")) == ("x y", ""))
  }

  @Test("a reply goes to its id, or to the one place for those without, unless there can be no such topic")
  func replies() {
    #expect(topics.replyTopic(of: "anna", id: "a:1") == "chargehand/shop-1/reply/anna/a:1")
    #expect(topics.replyTopic(of: "x y", id: "a:1") == "chargehand/shop-1/reply/x y/a:1")
    #expect(topics.replyTopic(of: "anna", id: nil) == "chargehand/shop-1/reply/anna/?")
    for actor in ["", "+", "#", "a\u{7F}", "a\u{FFFE}", "a\u{0}", "a/b", String(repeating: "x", count: 600)] {
      #expect(topics.replyTopic(of: actor, id: "1") == nil, "\(actor)")
    }
    // Names that Swift holds for equal are two logins of the broker.
    #expect(!topics.allowsResponse(to: "chargehand/shop-1/reply/jos\u{E9}/1", of: "jose\u{301}"))
  }

  @Test(
    "a topic that is no command of this gateway is none",
    arguments: [
      "", "chargehand/shop-1/command", "chargehand/shop-1/command/anna",
      "chargehand/shop-1/command/anna/job.start/x",
      "chargehand/shop-2/command/anna/job.start", "chargehand/shop-1/reply/anna/job.start",
      "x/chargehand/shop-1/command/anna/job.start", "chargehand/shop-10/command/anna/job.start",
    ])
  func noCommand(_ topic: String) {
    #expect(topics.parseCommand(topic) == nil)
  }

  @Test("a response topic is honored only below the actor's own replies, and never with a wildcard")
  func response() {
    #expect(topics.allowsResponse(to: "chargehand/shop-1/reply/panel/7/x", of: "panel"))
    #expect(topics.allowsResponse(to: "chargehand/shop-1/reply/panel/7", of: "panel"))
    for topic in [
      "chargehand/shop-1/reply", "chargehand/shop-1/reply/", "chargehand/shop-1/replyx/panel/a",
      "chargehand/shop-1/reply/panel", "chargehand/shop-1/reply/panel/", "chargehand/shop-1/reply/panel//x",
      "chargehand/shop-1/reply/bert/1042", "chargehand/shop-1/reply/panel2/x",
      "chargehand/shop-1/reply/x/panel",
      "chargehand/shop-1/billing/draft", "chargehand/shop-1/reply/+", "chargehand/shop-1/reply/#",
      "chargehand/shop-1/reply/panel/+", "chargehand/shop-1/reply/panel/#", "chargehand/shop-2/reply/panel/x",
      "chargehand/shop-1/reply/panel/a\u{0}b",
      "chargehand/shop-1/reply/panel/" + String(repeating: "a", count: 600), "$SYS/x",
    ] {
      #expect(!topics.allowsResponse(to: topic, of: "panel"), "\(topic)")
    }
  }
}
