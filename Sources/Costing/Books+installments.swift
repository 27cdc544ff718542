internal import Jobs
internal import Measures
internal import Metering

// What is billed before a job is complete, and released after.
extension Books {
  /// What cannot be billed is refused at once, to whoever asks: only the books can cost it.
  mutating func refuse(
    _ kind: DraftRecord.Kind, of id: JobID, at now: Moment, _ outcomes: inout [Outcome]
  ) {
    guard let job = shop.jobs[id], let request = job.requests.last, request.kind == kind, request.at == now,
      let currency = shop.currency(of: job),
      let answer = outcomes.firstIndex(where: { if case .effect(.replied) = $0 { true } else { false } })
    else { return }
    do throws(Installment.Fault) {
      if let fault = shop.clockFault(at: now) { throw Installment.Fault("\(fault); set the clock first") }
      _ = try Installment(request, for: job, in: shop, currency: currency)
    } catch {
      shop.withdraw(request, of: id)
      outcomes[answer] = .effect(
        .refused(Refusal(.invalidArgument, "no \(kind.words) can be made: \(error.text)")))
    }
  }

  /// What somebody asked to be billed beside the completion of a job.
  mutating func installments(of id: JobID, at now: Moment) -> [Outcome] {
    guard let job = shop.jobs[id], let currency = shop.currency(of: job) else { return [] }
    var outcomes: [Outcome] = []
    for request in job.requests {
      var fault: String?
      do throws(Installment.Fault) {
        // The clock went wrong between the command and the draft, or the job was completed at once.
        if request.kind.isInstallment, job.isClosed || job.standingDraft != nil {
          throw Installment.Fault("its invoice bills it all")
        }
        let installment = try Installment(request, for: job, in: shop, currency: currency)
        var phase: String?
        if case .phase(let name, _) = request.share { phase = name }
        let share = JobShare(of: id, lines: installment.lines, taxes: installment.taxes)
        let content = Content(
          shares: [share], taxes: installment.taxes, totals: installment.totals, phase: phase)
        outcomes.append(.draft(make(request.kind, content, for: [job], currency: currency, at: now)))
      } catch {
        fault = error.text
      }
      outcomes += shop.answer(request, of: id, fault: fault).map(Outcome.effect)
    }
    return outcomes
  }
}
