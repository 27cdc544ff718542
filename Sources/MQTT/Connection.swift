import Glibc
import Synchronization

/// One connection from connect(2) to its end. Confined to the link's thread.
///
/// Each turn: read while there is something to read, ONE call to the handler with all of it, then send.
/// Acknowledgements wait in the library until `send`, so none can leave before the handler has answered.
final class Connection {
  enum Stage: Equatable { case connecting, greeting, subscribing, ready, ending }

  let shared: LinkShared
  let handler: any LinkHandler
  let client: Client
  var stage = Stage.connecting
  var fence: Fence?
  /// SUBSCRIBE packets without their SUBACK, by packet id.
  var pending: [Int32: Subscription] = [:]
  /// Publications handed to the library that will be reported, by packet id.
  var inFlight: [Int32: InFlight] = [:]
  var unacknowledged = 0
  /// The fence came back in this turn's batch.
  var fenceReturned = false
  private var acceptedAt: Int64?
  private var stageDeadline: Int64
  private var nextMisc: Int64 = 0
  /// When the loop last waited for something.
  private var lastWait: Int64?
  private var stopDeadline: Int64?

  struct InFlight {
    var token: UInt64?
    var qos: QualityOfService
  }

  /// So many messages at most in one batch: bounds a commit, and a flood cannot keep us from sending.
  static let batchLimit = 1_024

  var settings: LinkSettings { shared.settings }

  init(
    _ shared: LinkShared, _ handler: any LinkHandler, _ version: ProtocolVersion
  ) throws(LinkError.Reason) {
    self.shared = shared
    self.handler = handler
    client = try Client(shared.settings, version)
    stageDeadline = boottimeMilliseconds() + shared.settings.patienceMilliseconds
    if let topic = settings.fenceTopic {
      var random = SystemRandomNumberGenerator()
      let token = String(random.next(), radix: 16) + "-" + String(random.next(), radix: 16)
      fence = Fence(topic: topic, token: [UInt8](token.utf8))
    }
  }

  /// Runs until the connection ends.
  /// - Returns: the reason, nil if the link was stopped; and the milliseconds since the CONNACK, at least
  ///   1 if there was one.
  func serve(_ address: String) -> (LinkError.Reason?, lived: Int64) {
    var reason: LinkError.Reason?
    do throws(LinkError.Reason) {
      try client.connect(settings, address: address)
      while try turn() {}
    } catch {
      reason = error
    }
    let lost = shared.outgoing.withLock { outgoing in
      outgoing.isOpen = false
      return outgoing.queue.removeAll()
    }
    shared.count { $0.lostWithConnection += UInt64(lost + unacknowledged) }
    return (reason, lived: acceptedAt.map { max(1, boottimeMilliseconds() - $0) } ?? 0)
  }

  /// One turn of the loop; false when the link has been stopped and everything is said.
  private func turn() throws(LinkError.Reason) -> Bool {
    let ready = try waitForSomething()
    var now = boottimeMilliseconds()
    if ready.socket {
      if stage == .connecting { try finishConnecting(now) }
      let before = now
      try readAndHandle()
      // Without this poll would return at once, again and again, until the patience ends.
      if ready.isHungUp, stage == .greeting {
        throw client.networkError.map { .system(MosquittoCode.systemText($0)) } ?? .closed
      }
      now = boottimeMilliseconds()
      // The ping's answer may have come while the handler held the thread: read it before judging.
      if now - before > 250 { nextMisc = max(nextMisc, now + 250) }
    }
    try checkDeadlines(now)
    try cutIfAsked()
    if try stopIfAsked(now) { return false }
    try send()
    return true
  }

  private func waitForSomething() throws(LinkError.Reason) -> (socket: Bool, isHungUp: Bool) {
    let now = boottimeMilliseconds()
    shared.tick(now)
    let socket = client.socket
    guard socket >= 0 else { throw .closed }
    defer { lastWait = boottimeMilliseconds() }
    if stage == .ready { try checkAttention(since: lastWait, now) }
    var interest = Int16(POLLIN)
    if stage == .connecting || client.wantsWrite { interest |= Int16(POLLOUT) }
    var entries = [
      pollfd(fd: socket, events: interest, revents: 0),
      pollfd(fd: shared.wake.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    let deadline =
      switch stage {
      case .connecting, .greeting, .subscribing: stageDeadline
      case .ready: Int64.max
      case .ending: stopDeadline ?? now
      }
    let patience = min(500, max(0, deadline - now))
    let count = poll(&entries, 2, Int32(patience))
    if count < 0 && errno != EINTR { throw .system(MosquittoCode.systemText(errno)) }
    let after = boottimeMilliseconds()
    if stage == .ready { try checkAttention(since: now, after) }
    shared.tick(after)
    guard count > 0 else { return (false, false) }
    if entries[1].revents != 0 { shared.wake.drain() }
    return (entries[0].revents != 0, entries[0].revents & Int16(POLLERR | POLLHUP) != 0)
  }

  /// A turn of the loop takes half a second at most, unless the process was stopped or the machine asleep.
  private func checkAttention(since earlier: Int64?, _ now: Int64) throws(LinkError.Reason) {
    guard let limit = settings.attentionMilliseconds, let earlier, now - earlier > limit else { return }
    client.cut()
    throw .unattended(milliseconds: now - earlier)
  }

  private func finishConnecting(_ now: Int64) throws(LinkError.Reason) {
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(client.socket, SOL_SOCKET, SO_ERROR, &code, &size)
    if code != 0 { throw .system(MosquittoCode.systemText(code)) }
    // With TLS the library writes before it may, which eats the error if the refusal is already there, as it
    // is on loopback. What was never connected has no peer.
    var peer = sockaddr()
    size = socklen_t(MemoryLayout<sockaddr>.size)
    if getpeername(client.socket, &peer, &size) != 0 {
      throw .system(MosquittoCode.systemText(ECONNREFUSED))
    }
    // The library leaves it open to children, which would keep the connection alive after us.
    _ = fcntl(client.socket, F_SETFD, FD_CLOEXEC)
    enter(.greeting, now)
  }

  func enter(_ stage: Stage, _ now: Int64) {
    self.stage = stage
    stageDeadline = now + settings.patienceMilliseconds
    if stage == .subscribing { acceptedAt = now }
  }

  private func checkDeadlines(_ now: Int64) throws(LinkError.Reason) {
    if now >= stageDeadline {
      switch stage {
      case .connecting: throw .timedOut("answer to the connection request")
      case .greeting: throw .timedOut("CONNACK from the broker")
      case .subscribing: throw .timedOut("SUBACK from the broker")
      case .ready, .ending: break
      }
    }
    if stage == .ready, let topic = fence?.topic,
      fence?.isOverdue(at: now, patience: settings.patienceMilliseconds) == true
    {
      handler.trouble(
        LinkError(link: settings.name, broker: settings.broker, reason: .fenceMissing(topic: topic)))
      sendFence(now)
    }
    if stage != .connecting && now >= nextMisc {
      nextMisc = now + 1_000
      try client.tick()
    }
  }

  func sendFence(_ now: Int64) {
    guard let fence else { return }
    _ = client.publish(Publication(topic: fence.topic, payload: fence.token, qos: .atMostOnce))
    self.fence?.sent(at: now)
  }

  private func cutIfAsked() throws(LinkError.Reason) {
    if acceptedAt == nil { return }
    let shallCut = shared.outgoing.withLock { outgoing in
      defer { outgoing.shallCut = false }
      return outgoing.shallCut
    }
    guard shallCut else { return }
    client.cut()
    throw .cut
  }

  /// True when the link has been stopped and there is nothing left to wait for.
  private func stopIfAsked(_ now: Int64) throws(LinkError.Reason) -> Bool {
    if stage != .ending {
      let stop = shared.outgoing.withLock { outgoing -> LinkShared.StopRequest? in
        guard let stop = outgoing.stop else { return nil }
        if outgoing.isOpen, let last = stop.last {
          _ = outgoing.queue.append(SendQueue.Entry(publication: last), evenIfFull: true)
        }
        outgoing.isOpen = false
        return stop
      }
      guard let stop else { return false }
      if acceptedAt == nil { return true }
      stage = .ending
      stopDeadline = stop.deadlineMilliseconds
    }
    try send()
    let isQueueEmpty = shared.outgoing.withLock { $0.queue.isEmpty }
    let isDone = isQueueEmpty && unacknowledged == 0 && !client.wantsWrite
    guard isDone || now >= (stopDeadline ?? now) else { return false }
    client.disconnect()
    // The DISCONNECT leaves at once or not at all; after it the library closes the socket, not an error.
    try? client.write()
    return true
  }
}
