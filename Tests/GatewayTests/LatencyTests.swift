import Contract
import Foundation
import ShopSimulator
import TestGateway
import Testing
import Torture

extension GatewayTests {
  @Suite(.serialized) struct LatencyTests {
    @Test("a command is on the disk and answered within milliseconds", .timeLimit(.minutes(1)))
    func latency() async throws {
      try await withShop { played in
        try await played.everythingHeard()
        try await Desk.create(played, "J-1")
        var times: [Double] = []
        for number in 0..<200 {
          let id = "l\(number)"
          let payload = Array(
            #"{"id":"\#(id)","scale":"scale-2","material":"pla-black","lot":"\#(number)"}"#.utf8)
          let begin = ContinuousClock.now
          let reply = try await played.shop.person.send("material.load", payload, id: id)
          times.append((ContinuousClock.now - begin) / .milliseconds(1))
          #expect(try Reply.decode(reply).code == nil)
        }
        times.sort()
        print("command to reply, fsync included: median \(times[100]) ms, 9 of 10 within \(times[180]) ms")
        // A debug build on a shared machine: the quicker ones tell what the program takes, and Nagle would show in all.
        #expect(times[20] < Double(25 * slack))
        #expect(times[100] < Double(40 * slack))
      }
    }
  }
}
