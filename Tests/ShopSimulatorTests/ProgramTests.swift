import Foundation
import ShopSimulator
import Testing

@Suite(.timeLimit(.minutes(1))) struct ProgramTests {
  private func withFolder<T>(_ body: (ScratchFolder) async throws -> T) async throws -> T {
    let folder = try ScratchFolder("programs")
    defer { folder.remove() }
    return try await body(folder)
  }

  @Test func `the exit status and the output of a program are told`() async throws {
    try await withFolder { folder in
      let program = try ChildProgram(["/bin/sh", "-c", "echo one; echo two >&2; exit 7"], log: folder["log"])
      #expect(try await program.waitUntilEnded() == 7)
      #expect(program.log == "one\ntwo\n")
      #expect(!program.isRunning)
    }
  }

  @Test func `SIGTERM reaches a program, whatever this process blocks`() async throws {
    try await withFolder { folder in
      var all = sigset_t()
      sigfillset(&all)
      pthread_sigmask(SIG_BLOCK, &all, nil)
      defer { pthread_sigmask(SIG_UNBLOCK, &all, nil) }
      let program = try ChildProgram(["/bin/sleep", "60"], log: folder["log"])
      program.send(signal: SIGTERM)
      #expect(try await program.waitUntilEnded() == 128 + SIGTERM)
    }
  }

  @Test func `a program ends when its leash is let go, as the kernel does when this process dies`()
    async throws
  {
    try await withFolder { folder in
      let program = try ChildProgram(["/bin/sleep", "60"], log: folder["log"])
      // Had the second one inherited the leash of the first, that would live on.
      let second = try ChildProgram(["/bin/sleep", "60"], log: folder["log"])
      #expect(kill(program.processID, 0) == 0)
      program.release()
      #expect(try await program.waitUntilEnded() == 128 + SIGKILL)
      #expect(kill(program.processID, 0) != 0)
      #expect(second.isRunning)
      try await second.kill()
    }
  }

  @Test func `a program that ignores SIGTERM is killed`() async throws {
    try await withFolder { folder in
      let program = try ChildProgram(
        ["/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"], log: folder["log"])
      // Before it says so it does not ignore it yet.
      while program.log.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      program.send(signal: SIGTERM)
      try await program.kill()
      #expect(program.status == 128 + SIGKILL)
    }
  }
}
