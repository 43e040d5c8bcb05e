import Loyalty

/// Which operations are shown.
public enum HistoryFilter: Sendable, Equatable, CaseIterable {
    case all, earned, spent, burned
}

/// The operations of a day, newest first.
public struct DayView: Sendable, Equatable {
    public let heading: String
    public let operations: [OperationView]
}

/// The history, page by page.
public struct HistoryState: Sendable, Equatable, Waiting {
    public var operations: [OperationView] = []
    public var filter: HistoryFilter = .all
    /// Whether there are no more pages.
    public var complete: Bool = false
    public var wait: Wait = .none
    /// Why the next page could not be read.
    public var pageProblem: Problem? = nil
    /// Whether the guest is being told what to do about a missing visit.
    public var askingForReceipt: Bool = false
    public var supportPhone: String? = nil

    /// What has been read and passes the ``filter``, by day, newest first.
    public var days: [DayView] {
        var days: [(heading: String, operations: [OperationView])] = []
        for operation in operations where filter.admits(operation.direction) {
            if let at = days.firstIndex(where: { $0.heading == operation.day }) {
                days[at].operations.append(operation)
            } else {
                days.append((operation.day, [operation]))
            }
        }
        return days.map { DayView(heading: $0.heading, operations: $0.operations) }
    }

    /// Whether nothing has been read yet.
    public var loading: Bool { operations.isEmpty && !complete && pageProblem == nil }
}

extension HistoryFilter {
    fileprivate func admits(_ direction: Direction) -> Bool {
        switch self {
        case .all: true
        case .earned: direction == .earned
        case .spent: direction == .spent
        case .burned: direction == .burned
        }
    }
}

public enum HistoryAction: Sendable, Equatable {
    case filter(by: HistoryFilter)
    /// The end of the list has come into view, or the guest asks for a failed page once more.
    case more
    case refresh
    case open(receipt: String)
    case missingVisit(open: Bool)
    case call
}

public enum HistoryEffect: Sendable, Equatable {
    case receipt(reference: String)
    case dial(phone: String)
}

public final class HistoryStore: Store<HistoryState, HistoryAction, HistoryEffect> {
    private static let page = 50

    private let session: any LoyaltyGuest
    private var next: HistoryCursor?
    /// The newest row of another reading for which this one was read anew.
    private var followed: Int64?

    public init(
        session: any LoyaltyGuest, clock: any Clock<Duration>, onEffect: @escaping @MainActor (HistoryEffect) -> Void
    ) {
        self.session = session
        super.init(
            HistoryState(supportPhone: session.knownProgramme?.support?.phoneText), clock: clock, onEffect: onEffect)
        more()
        launch { [weak self] in
            for await now in session.states() {
                if let newest = now.snapshot?.newest.first { self?.follow(newest.id) }
            }
        }
    }

    public override func send(_ action: HistoryAction) {
        switch action {
        case .filter(let by): change { $0.filter = by }
        case .more: more()
        case .refresh: again()
        case .open(let receipt): emit(.receipt(reference: receipt))
        case .missingVisit(let open): change { $0.askingForReceipt = open }
        case .call:
            if let phone = session.knownProgramme?.support?.phone { emit(.dial(phone: phone)) }
        }
    }

    private func again() {
        if state.wait.busy { return }
        next = nil
        change {
            $0.complete = false
            $0.pageProblem = nil
        }
        more()
    }

    override func wake() { if state.pageProblem != nil { more() } }

    /// Another screen has read of an operation that is missing here.
    private func follow(_ newest: Int64) {
        if newest == followed || state.loading || state.wait.busy { return }
        if state.operations.contains(where: { $0.id == newest }) { return }
        followed = newest
        again()
    }

    private func more() {
        if state.wait.busy || state.complete { return }
        change { $0.pageProblem = nil }
        let after = next
        launchWaiting { [weak self, session] in
            switch await self?.awaited({ try await session.history(after: after, limit: Self.page) }) {
            // The first page takes the place of all that was read before it.
            case .done(let page): self?.add(page, replacing: after == nil)
            case .failed(let failure): self?.change { $0.pageProblem = Problem(failure) }
            case nil: break
            }
        }
    }

    private func add(_ page: HistoryPage, replacing: Bool) {
        next = page.next ?? next
        change {
            var operations = replacing ? [] : $0.operations
            for row in page.rows.map(OperationView.init) {
                // A row that a late page brings again replaces the one that is there.
                if let at = operations.firstIndex(where: { $0.id == row.id }) {
                    operations[at] = row
                } else {
                    operations.append(row)
                }
            }
            $0.operations = operations
            $0.complete = page.next == nil
            $0.pageProblem = page.cutShort.map(Problem.of)
        }
    }
}

/// A line of a receipt.
public struct DishView: Sendable, Equatable {
    public let name: String
    public let quantity: String
    public let sum: String
}

/// A receipt, worded.
public struct ReceiptView: Sendable, Equatable {
    public let number: String?
    public let at: String
    public let venue: String?
    public let dishes: [DishView]
    public let total: String
    public let discount: String?
    public let spent: String?
    public let earned: String?
    public let paid: String
}

/// Why there is no receipt to show.
public enum ReceiptMissing: Sendable, Equatable, CaseIterable {
    case notFound, notKept, failed
}

/// A receipt down to its dishes.
public struct ReceiptState: Sendable, Equatable, Waiting {
    public var receipt: ReceiptView? = nil
    public var missing: ReceiptMissing? = nil
    public var wait: Wait = .none
    public var problem: Problem? = nil
}

public enum ReceiptAction: Sendable, Equatable {
    case retry
    case back
}

/// The guest has closed the receipt.
public struct ReceiptClosed: Sendable, Equatable {}

public final class ReceiptStore: Store<ReceiptState, ReceiptAction, ReceiptClosed> {
    private let session: any LoyaltyGuest
    private let reference: String

    public init(
        session: any LoyaltyGuest, reference: String, clock: any Clock<Duration>,
        onEffect: @escaping @MainActor (ReceiptClosed) -> Void
    ) {
        self.session = session
        self.reference = reference
        super.init(ReceiptState(), clock: clock, onEffect: onEffect)
        read()
    }

    public override func send(_ action: ReceiptAction) {
        switch action {
        case .retry: read()
        case .back: emit(ReceiptClosed())
        }
    }

    override func wake() { if state.missing == .notKept || state.missing == .failed { read() } }

    private func read() {
        if state.wait.busy { return }
        change { $0 = ReceiptState() }
        let reference = ReceiptReference(text: reference)
        launchWaiting { [weak self, session] in
            switch await self?.awaited({ try await session.receipt(reference) }) {
            case .done(let receipt): self?.change { $0.receipt = ReceiptView(receipt) }
            case .failed(let failure):
                self?.change {
                    $0.missing = ReceiptMissing(failure)
                    $0.problem = Problem(failure)
                }
            case nil: break
            }
        }
    }
}

extension ReceiptMissing {
    fileprivate init(_ failure: LoyaltyError?) {
        switch failure {
        case .notFound: self = .notFound
        case .offline: self = .notKept
        default: self = .failed
        }
    }
}

extension ReceiptView {
    fileprivate init(_ receipt: Receipt) {
        self.init(
            number: receipt.number,
            at: receipt.atText,
            venue: receipt.venue,
            dishes: receipt.dishes.map { DishView(name: $0.name, quantity: $0.quantityText, sum: $0.sum.text) },
            total: receipt.total.text,
            discount: receipt.discount.value.kopecks == 0 ? nil : receipt.discount.text,
            spent: receipt.bonusSpent.value.hundredths == 0 ? nil : receipt.bonusSpent.text,
            earned: receipt.bonusAccrued.value.hundredths == 0 ? nil : receipt.bonusAccrued.text,
            paid: receipt.paid.text)
    }
}
