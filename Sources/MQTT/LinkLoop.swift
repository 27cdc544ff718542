import Glibc
import Synchronization

/// The link's thread: connect, serve, wait, again. Confined to that thread.
final class LinkLoop {
  private let shared: LinkShared
  private let handler: any LinkHandler
  private let resolver = Resolver()
  private var reconnect: Reconnect
  /// Connections in a row that the broker accepted and soon closed.
  private var shortLives = 0
  private var choice: VersionChoice
  private var settings: LinkSettings { shared.settings }

  init(_ shared: LinkShared, _ handler: any LinkHandler) {
    self.shared = shared
    self.handler = handler
    reconnect = Reconnect(shared.settings.backoff)
    choice = VersionChoice(shared.settings.dialect)
  }

  func run() {
    while !shared.isStopping {
      let (ending, lived) = attempt()
      guard let ending else { break }
      let delay = reconnect.ended(afterLiving: lived, jitterPermille: .random(in: 0..<1_000))
      let reason = isThrownOut(ending, lived) ? .closedAgain(clientID: settings.clientID) : ending
      shared.count { $0.countDrop(reason.label) }
      if shared.isStopping { break }
      handler.disconnected(
        LinkError(
          link: settings.name, broker: settings.broker, reason: reason, attempt: reconnect.failures,
          nextTryMilliseconds: delay))
      wait(milliseconds: delay)
    }
    shared.outgoing.withLock { $0.isOpen = false }
  }

  /// Two clients of one id throw each other out for ever, and mosquitto 2.0 tells neither why.
  private func isThrownOut(_ ending: LinkError.Reason, _ lived: Int64) -> Bool {
    let isShort = ending == .closed && lived > 0 && lived < settings.backoff.livedAfterMilliseconds
    shortLives = isShort ? shortLives + 1 : 0
    return shortLives > 3
  }

  /// Tries the ways to the host in turn and serves the first that accepts.
  /// - Returns: why it ended, nil if the link was stopped; and the milliseconds since the CONNACK.
  private func attempt() -> (LinkError.Reason?, lived: Int64) {
    var last = LinkError.Reason.nameNotResolved("no address")
    do throws(LinkError.Reason) {
      let patience = settings.patienceMilliseconds
      let addresses = try resolver.addresses(of: settings.host, patience: patience) {
        shared.tick(boottimeMilliseconds())
        return !shared.isStopping
      }
      for address in addresses {
        let (reason, lived) = try Connection(shared, handler, choice.version).serve(address)
        guard let reason else { return (nil, lived) }
        choice.ended(reason, isAccepted: lived > 0)
        last = reason
        if lived > 0 { return (reason, lived) }
        if shared.isStopping { return (nil, 0) }
      }
    } catch {
      last = error
    }
    return (last, 0)
  }

  private func wait(milliseconds: Int64) {
    let end = boottimeMilliseconds() + milliseconds
    while !shared.isStopping {
      let now = boottimeMilliseconds()
      shared.tick(now)
      if now >= end { return }
      shared.wake.wait(milliseconds: min(end - now, 500))
    }
  }
}
