import Loyalty

/// Where the phone shows local notifications.
public protocol ReminderCentre: Sendable {
    /// Whether the system lets us notify, or would ask the guest first.
    func isAllowed() async -> Bool
    /// Asks the guest, the first time; afterwards only says what they chose.
    func ask() async -> Bool
    /// Has exactly these scheduled.
    func schedule(_ wanted: [Reminder]) async
}

/// Takes the screens through the phone's life, and keeps the system's notifications as the core wants them.
@MainActor
public final class PhoneLife {
    private let screens: PhoneScreens
    private let centre: any ReminderCentre
    private let changes: AsyncStream<Void>.Continuation
    private var work: [Task<Void, Never>] = []

    public init(screens: PhoneScreens, centre: any ReminderCentre) {
        self.screens = screens
        self.centre = centre
        let (asked, changes) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.changes = changes
        let session = screens.session
        work = [
            Task { [weak screens] in
                var scheduled: [Reminder]?
                for await _ in asked {
                    guard let wanted = screens?.reminders else { return }
                    if wanted != scheduled { await centre.schedule(wanted) }
                    scheduled = wanted
                }
            },
            // A new reading brings other reminders, and signing out leaves none.
            Task { for await _ in session.states() { changes.yield() } },
            Task { [weak screens] in screens?.notificationsAllowed(await centre.isAllowed()) },
        ]
    }

    deinit {
        changes.finish()
        for task in work { task.cancel() }
    }

    /// The app is on the screen.
    public func wake() async {
        await screens.wake()
        screens.notificationsAllowed(await centre.isAllowed())
        changes.yield()
    }

    /// The app has left the screen. It may be suspended as soon as this returns.
    public func sleep() async { await screens.sleep() }

    /// The guest has chosen anew. Only who wants reminders is asked whether there may be any.
    public func preferred() async {
        if screens.preferences.notifyBurn { screens.notificationsAllowed(await centre.ask()) }
        changes.yield()
    }
}
