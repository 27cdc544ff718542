import Configuration
import Contract
import Costing
import Jobs
import Journal
import JSON
import Logging
import Measures
import Metering

// Commands as they come: each is answered once, takes effect once, and is in the journal whatever it was.
extension Engine {
  func take(_ request: CommandRequest, at moment: Moment) {
    let message = CommandMessage.decode(verb: request.verb, payload: request.payload)
    let reply = outcome(of: request, message, at: moment)
    let finish = request.finish
    aftermath.finish.append { isCommitted in
      finish(isCommitted ? .committed(reply: reply) : .failed)
    }
    send(reply, id: message.id, for: request, at: moment)
  }

  /// The bytes of the reply.
  private func outcome(of request: CommandRequest, _ message: CommandMessage.Decoded, at moment: Moment)
    -> [UInt8]
  {
    guard let actor = ActorID(request.actor) else {
      return refuse(request, message.id, Self.illFormedActor, at: moment)
    }
    // A retained command is refused before anything else: it may be years old.
    if request.isRetained {
      return refuse(request, message.id, CommandMessage.retained, at: moment)
    }
    guard let id = message.id else {
      let refusal = message.failure ?? Refusal(.malformed, "the command has no usable id")
      return refuse(request, nil, refusal, at: moment)
    }
    let hash = SHA256.digest(Array(request.verb.utf8) + [0] + request.payload)
    let earlierReply: ReplyRow?
    do {
      // What is about to be committed comes before what is on disk.
      earlierReply =
        try state.batch.reply(actor: actor.text, id: id) ?? store.reply(actor: actor.text, id: id)
    } catch {
      // Without knowing whether it was done before, doing it could do it twice.
      log.error("looking up command \(id) of \(actor): \(error)")
      return Reply.bytes(
        id: id, result: .failure(Refusal(.unavailable, "the journal cannot be read; send it again")))
    }
    if let earlier = earlierReply {
      guard earlier.contentHash == hash else {
        // Audited, but not stored as the reply: the first command under this id keeps its own.
        return refuse(
          request, id,
          Refusal(
            .idReused, "id \(id) was used by \(actor) for another command (\(earlier.verb)); use a new id"),
          at: moment)
      }
      return earlier.body
    }
    let body = execute(request, message, id: id, by: actor, at: moment)
    state.batch.put(
      reply: ReplyRow(
        actor: actor.text, id: id, contentHash: hash,
        verb: CommandVerb.named(request.verb)?.name ?? "unknown", body: body,
        atMilliseconds: moment.wall.milliseconds))
    return body
  }

  private func execute(
    _ request: CommandRequest, _ message: CommandMessage.Decoded, id: String, by actor: ActorID,
    at moment: Moment
  ) -> [UInt8] {
    if let late = message.lateness(at: moment.wall) { return refuse(request, id, late, at: moment) }
    switch message.command {
    case .failure(let refusal): return refuse(request, id, refusal, at: moment)
    case .success(let command):
      outcomeOfCommand = nil
      apply(.command(asked(command, at: moment), by: actor, at: moment))
      switch outcomeOfCommand ?? .failure(Refusal(.unavailable, "the command had no outcome")) {
      case .success(let receipt): return Reply.bytes(id: id, result: .success(receipt))
      // The command itself is in the journal, but whoever audits looks for what was refused, and why.
      case .failure(let refusal): return refuse(request, id, refusal, at: moment)
      }
    }
  }

  /// What a scale says goes into the journal with the command, so that folding it needs no scale.
  private func asked(_ command: Command, at moment: Moment) -> Command {
    guard case .materialWeigh(let job, let order, _) = command else { return command }
    let word = live.weights[order.scale]?.word(at: moment) ?? .unknown
    return .materialWeigh(job: job, order, says: word)
  }

  /// An audit row, and the reply in words.
  private func refuse(_ request: CommandRequest, _ id: String?, _ refusal: Refusal, at moment: Moment)
    -> [UInt8]
  {
    append(
      kind: RefusalNote.kind, subject: "actor/\(request.actor.clipped)", version: RefusalNote.version,
      at: moment,
      body: note(refusal, verb: request.verb.clipped, id: id, payload: request.payload))
    return Reply.bytes(id: id, result: .failure(refusal))
  }

  func note(_ refusal: Refusal, verb: String, id: String?, payload: [UInt8]) -> [UInt8] {
    written { () throws(ContractError) in
      try RefusalNote(
        verb: verb, id: id, refusal: refusal, byteCount: payload.count, sha256: SHA256.hexDigest(payload)
      ).encoded()
    }
  }

  private func send(_ reply: [UInt8], id: String?, for request: CommandRequest, at moment: Moment) {
    guard case .topic(let response, let correlation) = request.replyPath else { return }
    guard let topic = topics.replyTopic(of: request.actor, id: id) else {
      // Only an ill-formed actor has no topic. The log has to tell instead.
      unanswered.note("\(Self.illFormedActor.message) (found \(request.actor.clipped.debugDescription))")
      return warnOfUnanswered(at: moment)
    }
    aftermath.replies.append(OutgoingReply(topic: topic, correlation: nil, body: reply))
    // Any other response topic would let one login speak to another through us.
    if let response, topics.allowsResponse(to: response, of: request.actor) {
      aftermath.replies.append(OutgoingReply(topic: response, correlation: correlation, body: reply))
    }
  }

  private static let illFormedActor = Refusal(
    .invalidArgument, "the actor's name in the topic is not 1 to 64 of A-Z a-z 0-9 . _ -")

  func warnOfUnanswered(at moment: Moment) {
    if let warning = unanswered.takeWarning(at: moment.uptime) { log.warning("\(warning)") }
  }
}

extension String {
  /// At most 64 bytes and no NUL: what somebody else named must not fill the journal, nor be refused by it.
  fileprivate var clipped: String {
    String(decoding: utf8.prefix(64).map { $0 == 0 ? UInt8(ascii: "?") : $0 }, as: UTF8.self)
  }
}

extension CommandMessage.Decoded {
  var failure: Refusal? {
    if case .failure(let refusal) = command { refusal } else { nil }
  }
}
