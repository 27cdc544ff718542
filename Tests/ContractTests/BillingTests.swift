import Contract
import Jobs
import Measures
import Testing

private let hash = String(repeating: "0a", count: 32)
private let ack = #""draft_id":"K7Q2ZP-000001","revision":2,"content_sha256":"\#(hash)""#

@Suite("Billing messages") struct BillingTests {
  @Test("an acknowledgment reads back as it was written")
  func roundTrip() throws {
    for outcome in BillingAck.Outcome.allCases {
      let ack = BillingAck(
        draft: try .named("K7Q2ZP-000001"), revision: 2, contentSHA256: hash, outcome: outcome,
        reference: "INV-7", reason: outcome == .rejected ? "no such customer" : nil)
      #expect(try BillingAck.decode(ack.bytes).get() == ack)
      #expect(
        ack.acknowledgment
          == (outcome == .rejected ? .rejected(reason: "no such customer") : .accepted(reference: "INV-7")))
    }
  }

  @Test("a long or many-lined reason is made fit to be shown, never a cause to lose the answer")
  func reasons() throws {
    let text =
      #"{\#(ack),"result":"rejected","reason":"line 1\nline\u00002 \#(String(repeating: "x", count: 4500))","reference":null,"more":[1.5]}"#
    let ack = try BillingAck.decode(Array(text.utf8)).get()
    let reason = try #require(ack.reason)
    #expect(reason.hasPrefix("line 1 line\u{FFFD}2 xxx"))
    #expect(reason.unicodeScalars.count == 500)
    #expect(ack.reference == nil)
  }

  @Test(
    "an acknowledgment that is none is refused with a code",
    arguments: [
      ("", RefusalCode.malformed), ("[]", .malformed), ("{}", .malformed), (#"{\#(ack)}"#, .malformed),
      (#"{\#(ack),"result":"ok"}"#, .invalidArgument), (#"{\#(ack),"result":true}"#, .malformed),
      (#"{\#(ack),"result":"accepted","result":"rejected"}"#, .malformed),
      (#"{"draft_id":"k-1","revision":1,"content_sha256":"\#(hash)","result":"accepted"}"#, .invalidArgument),
      (#"{"draft_id":"K-1","revision":0,"content_sha256":"\#(hash)","result":"accepted"}"#, .invalidArgument),
      (
        #"{"draft_id":"K-1","revision":1.5,"content_sha256":"\#(hash)","result":"accepted"}"#,
        .invalidArgument
      ),
      (#"{"draft_id":"K-1","revision":"1","content_sha256":"\#(hash)","result":"accepted"}"#, .malformed),
      (#"{"draft_id":"K-1","revision":1,"content_sha256":"abc","result":"accepted"}"#, .invalidArgument),
      (#"{"draft_id":"K-1","revision":1,"result":"accepted"}"#, .malformed),
      (
        #"{"draft_id":"K-1","revision":1,"content_sha256":"\#(String(repeating: "g", count: 64))","result":"accepted"}"#,
        .invalidArgument
      ),
      (#"{\#(ack),"result":"accepted","reason":"\#(String(repeating: "x", count: 17_000))"}"#, .tooLarge),
    ])
  func refusedAck(_ text: String, _ code: RefusalCode) {
    guard case .failure(let refusal) = BillingAck.decode(Array(text.utf8)) else {
      Issue.record("accepted")
      return
    }
    #expect(refusal.code == code)
  }

  @Test("a billing status reads back as it was written")
  func status() throws {
    for (index, state) in BillingStatusMessage.State.allCases.enumerated() {
      let revision = index == 0 ? nil : index
      let message = BillingStatusMessage(
        draft: try .named("K7Q2ZP-000001"), revision: revision, state: state, event: "evt_1Q",
        observedAt: try #require(WallTime(rfc3339: "2026-11-21T08:00:00Z")), amountPaid: try decimal("12.5"),
        amountDue: .zero, externalNumber: "2026-007", url: "https://billing.example/7")
      #expect(try BillingStatusMessage.decode(message.bytes).get() == message)
      #expect(
        message.status
          == BillingStatus(
            draft: message.draft, revision: revision, state: state.rawValue, event: "evt_1Q",
            observedAt: message.observedAt))
    }
  }

  @Test(
    "a billing status that is none is refused with a code",
    arguments: [
      (#"{"state":"paid","event_id":"e","observed_at":"2026-11-21T08:00:00Z"}"#, RefusalCode.malformed),
      (
        #"{"draft_id":"K-1","state":"payed","event_id":"e","observed_at":"2026-11-21T08:00:00Z"}"#,
        .invalidArgument
      ),
      (
        #"{"draft_id":"K-1","state":"paid","event_id":"","observed_at":"2026-11-21T08:00:00Z"}"#,
        .invalidArgument
      ),
      (
        #"{"draft_id":"K-1","state":"paid","event_id":"a\nb","observed_at":"2026-11-21T08:00:00Z"}"#,
        .invalidArgument
      ),
      (#"{"draft_id":"K-1","state":"paid","event_id":"e","observed_at":"now"}"#, .invalidArgument),
      (
        #"{"draft_id":"K-1","revision":0,"state":"void","event_id":"e","observed_at":"2026-11-21T08:00:00Z"}"#,
        .invalidArgument
      ),
      (#"{"draft_id":"K-1","state":"paid","event_id":"e"}"#, .malformed),
      (
        #"{"draft_id":"K-1","state":"paid","event_id":"e","observed_at":"2026-11-21T08:00:00Z","amount_paid":"a lot"}"#,
        .invalidArgument
      ),
      (
        #"{"draft_id":"K-1","state":"paid","event_id":"e","observed_at":"2026-11-21T08:00:00Z","amount_paid":12.5}"#,
        .malformed
      ),
    ])
  func refusedStatus(_ text: String, _ code: RefusalCode) {
    guard case .failure(let refusal) = BillingStatusMessage.decode(Array(text.utf8)) else {
      Issue.record("accepted")
      return
    }
    #expect(refusal.code == code)
  }

  @Test("the ledger states its sum in the currency's minor digits")
  func ledger() throws {
    let message = LedgerMessage(
      series: "K7Q2ZP",
      drafts: DraftSum(
        in: try #require(Currency(code: "KWD")), firstSequence: 1, lastSequence: 9, count: 7,
        minorUnits: 123_450),
      auditHead: "ab", at: at(0).wall)
    #expect(
      message.bytes.text
        == #"{"series":"K7Q2ZP","first_sequence":1,"last_sequence":9,"count":7,"sum":"123.450","currency":"KWD","audit_head":"ab","at":"2026-11-21T08:00:00Z"}"#
    )
  }
}
