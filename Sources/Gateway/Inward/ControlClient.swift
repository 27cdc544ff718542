import CLinux
import Contract
import Foundation
import Jobs
import JSON
import Logging
import Synchronization

/// One connection to the control socket, on a thread of its own: asks the engine and waits for the answer.
struct ControlClient {
  let descriptor: CInt
  let inbox: Inbox
  let log: Logger

  func serve() {
    guard let actor = Peer(descriptor)?.actor else {
      send(
        Reply.bytes(
          id: "",
          result: .failure(
            Refusal(
              .unavailable, "only root, the daemon's user and the group chargehand may use the control socket"
            ))))
      return
    }
    // A client that says nothing for a minute makes room for another.
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var pending: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      pending += buffer[..<count]
      while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(pending[..<end])
        pending.removeSubrange(...end)
        send(answer(to: line, from: actor))
      }
      if pending.count > ControlSocket.lineLimit {
        send(
          Reply.bytes(
            id: "",
            result: .failure(Refusal(.tooLarge, "a line may be at most \(ControlSocket.lineLimit) bytes"))))
        return
      }
    }
  }

  private func answer(to line: [UInt8], from actor: String) -> [UInt8] {
    let space = line.firstIndex(of: UInt8(ascii: " ")) ?? line.endIndex
    let verb = String(decoding: line[..<space], as: UTF8.self)
    let payload = Array(line[min(space + 1, line.endIndex)...])
    switch verb {
    case "show.status": return ask(.status)
    case "show.devices": return ask(.devices)
    default: return command(verb, payload, from: actor)
    }
  }

  private func ask(_ subject: Question.Subject) -> [UInt8] {
    let box = Answer<[UInt8]>()
    let isTaken = inbox.put(.question(Question(subject: subject) { box.set($0.compactBytes) }))
    guard isTaken, let answer = box.wait() else { return unavailable }
    return answer
  }

  private func command(_ verb: String, _ payload: [UInt8], from actor: String) -> [UInt8] {
    let box = Answer<CommandOutcome>()
    let request = CommandRequest(
      actor: actor, verb: verb, payload: payload, isRetained: false, replyPath: .direct
    ) { box.set($0) }
    guard inbox.put(.command(request)), let outcome = box.wait() else { return unavailable }
    guard case .committed(let reply) = outcome else { return unavailable }
    return reply
  }

  private var unavailable: [UInt8] {
    Reply.bytes(
      id: "", result: .failure(Refusal(.unavailable, "the daemon cannot store anything right now; try again"))
    )
  }

  private func send(_ bytes: [UInt8]) {
    let line = bytes + [UInt8(ascii: "\n")]
    var sent = 0
    while sent < line.count {
      let count = line.withUnsafeBytes { raw in
        Glibc.send(descriptor, raw.baseAddress.map { $0 + sent }, line.count - sent, CInt(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      sent += count
    }
  }
}

/// Who is at the other end of a Unix socket, by the kernel's word.
struct Peer {
  let user: uid_t
  let group: gid_t

  init?(_ descriptor: CInt) {
    var user = uid_t.max
    var group = gid_t.max
    guard peer_credentials(descriptor, &user, &group) == 0 else { return nil }
    self.user = user
    self.group = group
  }

  /// The name commands are journaled under; `nil` for somebody who is not admitted.
  var actor: String? {
    // The account database's functions answer in a buffer of their own: one thread at a time.
    Self.accounts.withLock { _ in lookUp() }
  }

  private static let accounts = Mutex(())

  private func lookUp() -> String? {
    guard user == 0 || user == geteuid() || isInGroup else { return nil }
    return getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? "uid-\(user)"
  }

  private var isInGroup: Bool {
    guard let entry = getgrnam("chargehand") else { return false }
    let wanted = entry.pointee.gr_gid
    if group == wanted { return true }
    guard let account = getpwuid(user) else { return false }
    var count: CInt = 256
    var groups = [gid_t](repeating: 0, count: Int(count))
    guard getgrouplist(account.pointee.pw_name, account.pointee.pw_gid, &groups, &count) >= 0 else {
      return false
    }
    return groups.prefix(Int(count)).contains(wanted)
  }
}

/// A value that one thread waits for and another brings.
final class Answer<Value: Sendable>: @unchecked Sendable {
  // `value` is guarded by `semaphore`: set once before it is signaled, read only after.
  private let semaphore = DispatchSemaphore(value: 0)
  private var value: Value?

  func set(_ value: Value) {
    self.value = value
    semaphore.signal()
  }

  /// `nil` after half a minute: the engine has more to do than that only when the disk hangs.
  func wait() -> Value? {
    guard semaphore.wait(timeout: .now() + 30) == .success else { return nil }
    return value
  }
}
