import Glibc
import Synchronization

/// One broker connection on a thread of its own: receive, let the handler commit, then acknowledge.
///
/// A link connects by itself, again and again, until it is stopped. It keeps nothing over a reconnect: what
/// must survive belongs into the handler's outbox, to be published again on `subscribed`.
///
/// A started link must be stopped; its thread holds it and the handler until then.
public final class Link: Sendable {
  public let settings: LinkSettings
  private let shared: LinkShared
  private let thread = Mutex<NamedThread?>(nil)

  /// - Throws: `LinkError` with a sentence if the settings cannot work. The broker is not contacted.
  public init(_ settings: LinkSettings) throws(LinkError) {
    func refusal(_ reason: LinkError.Reason) -> LinkError {
      LinkError(link: settings.name, broker: settings.broker, reason: reason)
    }
    if let fault = settings.fault { throw refusal(.settings(fault)) }
    guard let wake = WakeUp() else { throw refusal(.system(MosquittoCode.systemText(errno))) }
    self.settings = settings
    shared = LinkShared(settings, wake: wake)
  }

  /// Starts the thread, once. The broker may be down; that is the handler's `disconnected`.
  /// - Throws: `LinkError` if the system refuses another thread, or the link has been started before.
  public func start(_ handler: any LinkHandler) throws(LinkError) {
    let shared = shared
    let refusal = thread.withLock { thread -> LinkError.Reason? in
      if thread != nil || shared.isStopping { return .settings("the link has been started before") }
      shared.tick(boottimeMilliseconds())
      thread = NamedThread(settings.name) { LinkLoop(shared, handler).run() }
      return thread == nil ? .system("the system refuses another thread") : nil
    }
    if let refusal {
      throw LinkError(link: settings.name, broker: settings.broker, reason: refusal)
    }
  }

  /// Queues a message for the current connection. Never blocks on the network; callable from any thread,
  /// the handler's calls included.
  /// - Parameter token: comes back in `published`, once, unless the connection ends first.
  public func publish(_ publication: Publication, token: UInt64? = nil) -> PublishOutcome {
    if let fault = publication.fault {
      shared.count { $0.refused += 1 }
      return .refused(fault)
    }
    let (outcome, wasEmpty) = shared.outgoing.withLock { outgoing -> (PublishOutcome, Bool) in
      guard outgoing.isOpen else { return (.notConnected, false) }
      let wasEmpty = outgoing.queue.isEmpty
      let entry = SendQueue.Entry(publication: publication, token: token)
      return (outgoing.queue.append(entry) ? .queued : .queueFull, wasEmpty)
    }
    switch outcome {
    case .queued: if wasEmpty { shared.wake.signal() }
    case .queueFull: shared.count { $0.droppedQueueFull += 1 }
    case .notConnected: shared.count { $0.droppedNotConnected += 1 }
    case .refused: break
    }
    return outcome
  }

  /// Ends the connection without a goodbye: the broker publishes the last will, and no acknowledgement leaves
  /// any more; the link connects again. Without a connection it does nothing.
  public func cut() {
    shared.outgoing.withLock { $0.shallCut = true }
    shared.wake.signal()
  }

  /// When the loop last turned, in BOOTTIME milliseconds. It advances at least twice a second, while
  /// waiting for a broker too, and stands still while the handler or the library holds the thread.
  public var lastTickMilliseconds: Int64 { shared.lastTick.load(ordering: .relaxed) }

  public var statistics: LinkStatistics { shared.statistics.withLock { $0 } }

  /// True from CONNACK to the end of the connection.
  public var isConnected: Bool { shared.outgoing.withLock { $0.isOpen } }

  /// Sends what is queued, then `last` (an offline state, say), waits for their acknowledgements, sends
  /// DISCONNECT (so the last will stays unsent) and joins the thread. Without a connection it ends at once.
  ///
  /// Blocks the caller up to `graceMilliseconds`, and longer only if the handler does. Not to be called
  /// from the handler. A second call waits for nothing.
  public func stop(graceMilliseconds: Int64, last: Publication? = nil) {
    shared.outgoing.withLock { outgoing in
      guard outgoing.stop == nil else { return }
      let deadline = boottimeMilliseconds() + min(max(0, graceMilliseconds), 3_600_000)
      outgoing.stop = LinkShared.StopRequest(
        deadlineMilliseconds: deadline, last: last?.fault == nil ? last : nil)
    }
    shared.wake.signal()
    let thread = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    thread?.join()
  }
}
