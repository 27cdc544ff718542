internal import Glibc

/// The thread of a ``ModbusServer``: waits for requests and for answers that are due. All its state belongs
/// to that thread.
final class ModbusServerFloor {
  enum Action {
    /// Delays count from the request, or from the answer before it, if that is still to come.
    case send([UInt8], afterMilliseconds: Int)
    case hangUp
    case reset
    case fallDeaf
  }

  private struct Answer {
    var due: Int64
    var descriptor: Int32
    var unit: UInt8
    var bytes: [UInt8]
  }

  private let doorbell: Int32
  private let listener: Int32?
  private let line: PseudoTerminal?
  private let carriesSerialFrames: Bool
  private let answer: (ModbusServerFrame.Arrived) -> [Action]
  private var buffers: [Int32: [UInt8]] = [:]
  private var answers: [Answer] = []
  /// Connections on which nobody listens any more.
  private var deaf: Set<Int32> = []

  init(
    doorbell: Int32, listener: Int32?, line: PseudoTerminal?, carriesSerialFrames: Bool,
    answer: @escaping (ModbusServerFrame.Arrived) -> [Action]
  ) {
    self.doorbell = doorbell
    self.listener = listener
    self.line = line
    self.carriesSerialFrames = carriesSerialFrames
    self.answer = answer
    if let line { buffers[line.descriptor] = [] }
  }

  func work() {
    while turn() {}
    if let listener { close(listener) }
    for descriptor in buffers.keys where descriptor != line?.descriptor { close(descriptor) }
  }

  /// False when the doorbell rang.
  private func turn() -> Bool {
    let watched = [doorbell] + (listener.map { [$0] } ?? []) + buffers.keys
    var polls = watched.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let next = answers.map(\.due).min()
    var limit: timespec?
    if let next {
      let left = max(0, next - now())
      limit = timespec(tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
    }
    if wait(&polls, limit) < 0, errno != EINTR { return false }
    sendDue()
    for poll in polls where poll.revents != 0 {
      if poll.fd == doorbell { return false }
      if poll.fd == listener { accept() } else { receive(poll.fd) }
    }
    return true
  }

  /// Rounded up to whole milliseconds; the last one is slept out to the nanosecond.
  private func wait(_ polls: inout [pollfd], _ limit: timespec?) -> Int32 {
    guard let limit else { return poll(&polls, nfds_t(polls.count), -1) }
    let milliseconds = limit.tv_sec * 1_000 + limit.tv_nsec / 1_000_000
    let ready = poll(&polls, nfds_t(polls.count), Int32(clamping: milliseconds))
    if ready == 0, milliseconds == 0 {
      var rest = limit
      nanosleep(&rest, nil)
    }
    return ready
  }

  private func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  private func sendDue() {
    let time = now()
    for due in answers.filter({ $0.due <= time }) where buffers[due.descriptor] != nil {
      _ =
        due.descriptor == line?.descriptor
        ? write(due.descriptor, due.bytes, due.bytes.count)
        : send(due.descriptor, due.bytes, due.bytes.count, Int32(MSG_NOSIGNAL))
    }
    answers.removeAll { $0.due <= time }
  }

  private func accept() {
    guard let listener else { return }
    let client = Glibc.accept(listener, nil, nil)
    guard client >= 0 else { return }
    _ = fcntl(client, F_SETFD, FD_CLOEXEC)
    var one: Int32 = 1
    setsockopt(client, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    buffers[client] = []
  }

  private func receive(_ descriptor: Int32) {
    var chunk = [UInt8](repeating: 0, count: 1_024)
    let count = read(descriptor, &chunk, chunk.count)
    guard count > 0 else { return hangUp(descriptor) }
    if deaf.contains(descriptor) { return }
    buffers[descriptor, default: []] += chunk.prefix(count)
    while var buffer = buffers[descriptor] {
      let arrived =
        carriesSerialFrames
        ? ModbusServerFrame.takeSerial(&buffer) : ModbusServerFrame.takeTCP(&buffer)
      buffers[descriptor] = buffer
      guard let arrived else { return }
      act(arrived, descriptor)
    }
  }

  private func act(_ arrived: ModbusServerFrame.Arrived, _ descriptor: Int32) {
    for action in answer(arrived) {
      switch action {
      case .send(let bytes, let delay):
        // A unit answers one request after the other.
        let mine = answers.filter { $0.unit == arrived.unit && $0.descriptor == descriptor }
        let earliest = max(now(), mine.map(\.due).max() ?? 0)
        answers.append(
          Answer(
            due: earliest + Int64(delay) * 1_000_000, descriptor: descriptor, unit: arrived.unit,
            bytes: bytes))
      case .hangUp:
        hangUp(descriptor)
        return
      case .reset:
        // Closed with nothing to linger for, it sends RST in place of FIN.
        var abrupt = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &abrupt, socklen_t(MemoryLayout<linger>.size))
        hangUp(descriptor)
        return
      case .fallDeaf:
        if descriptor != line?.descriptor { deaf.insert(descriptor) }
      }
    }
    sendDue()
  }

  private func hangUp(_ descriptor: Int32) {
    guard descriptor != line?.descriptor else { return }
    close(descriptor)
    buffers[descriptor] = nil
    deaf.remove(descriptor)
    answers.removeAll { $0.descriptor == descriptor }
  }
}
