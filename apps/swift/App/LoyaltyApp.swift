import AppUI
import Loyalty
import Presentation
import SwiftUI
import Words

/// The app: opens the guest's session, shows it, and follows the phone's life.
@main
struct LoyaltyApp: App {
    @Environment(\.scenePhase) private var phase
    private let opening = Opening.shared
    private let light = ScreenLight()

    var body: some Scene {
        WindowGroup {
            OpeningView(opening: opening)
                .overlay { if phase != .active { PrivacyCover() } }
                .task { await opening.open() }
                .onOpenURL { opening.follow(DeepLink($0)) }
                .onChange(of: phase) { _, phase in opening.entered(phase) }
                .onChange(of: isHeldOut) { _, isHeldOut in light.shine(isHeldOut) }
        }
    }

    /// Whether a till reads a code from this screen. In the app switcher nobody does.
    private var isHeldOut: Bool { phase == .active && opening.screens?.showsCode == true }
}

/// What stands behind the app until there is a session, and then the session's screens.
@MainActor @Observable
final class Opening {
    /// The one of this app; a shortcut runs beside the views.
    static let shared = Opening()

    private(set) var screens: PhoneScreens?
    /// Why there is no session: the secret store or the storage of this device failed.
    private(set) var problem: Problem?
    /// A document that the guest has asked for, ready to be put somewhere.
    var exported: ExportedData?
    /// A page that the app itself has to open.
    private(set) var requested: URL?

    @ObservationIgnored private let kept = KeptPreferences()
    @ObservationIgnored private var life: PhoneLife?
    @ObservationIgnored private var link: DeepLink?
    @ObservationIgnored private var phase = ScenePhase.active

    func open() async {
        guard screens == nil else { return }
        problem = nil
        ExportedData.removeForgotten()
        do {
            let secrets = KeychainSecretStore(service: AppSettings.bundle)
            let settings = AppSettings.loyalty
            try forgetEarlierInstallation(folder: settings.folder, forget: secrets.deleteAll)
            let guest = try await openGuest(settings, secrets: secrets)
            let screens = PhoneScreens(
                session: guest, preferences: kept.read(), facts: AppSettings.facts, clock: ContinuousClock(),
                today: { LocalDate(Date.now, in: .current) }, onRequest: { [weak self] in self?.perform($0) })
            self.screens = screens
            life = PhoneLife(screens: screens, centre: ReminderScheduler())
            follow(link)
            // The guest may have left while it was opened.
            entered(phase)
            // What can wait until the screen is drawn.
            try? await guest.upkeep()
        } catch {
            problem = Problem(opening: error)
        }
    }

    /// Follows a link, now or as soon as there is a session.
    func follow(_ link: DeepLink?) {
        guard let screens, let link else {
            self.link = link ?? self.link
            return
        }
        screens.open(link)
        self.link = nil
    }

    func entered(_ phase: ScenePhase) {
        self.phase = phase
        guard let life else { return }
        switch phase {
        case .active: Task { await life.wake() }
        // Suspended with a file open, the app would be killed.
        case .background: BackgroundTime.finish { await life.sleep() }
        default: break
        }
    }

    func opened() { requested = nil }

    private func perform(_ request: PhoneRequest) {
        switch request {
        case .open(let url): requested = url
        case .share(let json): exported = ExportedData(json)
        case .prefer(let preferences):
            kept.write(preferences)
            Task { await life?.preferred() }
        }
    }
}

/// A document in a file, because a share sheet takes files. It is protected like everything else, and removed when the
/// sheet closes.
struct ExportedData: Identifiable {
    private static let folder = FileManager.default.temporaryDirectory.appendingPathComponent("export")

    let id = UUID()
    let file: URL

    init?(_ json: String) {
        file = Self.folder.appendingPathComponent("loyalty-\(id.uuidString).json")
        do {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try Data(json.utf8).write(to: file, options: .completeFileProtection)
        } catch {
            return nil
        }
    }

    func remove() { try? FileManager.default.removeItem(at: file) }

    /// Removes what a process left behind that ended while its sheet was open.
    static func removeForgotten() { try? FileManager.default.removeItem(at: folder) }
}

private struct OpeningView: View {
    let opening: Opening
    @Environment(\.openURL) private var openURL

    var body: some View {
        content
            .onChange(of: opening.requested) { _, url in
                guard let url else { return }
                openURL(url)
                opening.opened()
            }
            .sheet(isPresented: isExporting) {
                if let exported = opening.exported, let screens = opening.screens {
                    ExportSheet(screens: screens, file: exported.file, onClose: endExport)
                }
            }
    }

    @ViewBuilder private var content: some View {
        if let screens = opening.screens {
            PhoneRoot(
                screens: screens, notices: AppSettings.notices, onStore: { openURL(AppSettings.store) },
                onSettings: { if let url = SystemSettings.notifications { openURL(url) } })
        } else if let problem = opening.problem {
            OpeningFailed(problem: problem) { Task { await opening.open() } }
        } else {
            PrivacyCover()
        }
    }

    private var isExporting: Binding<Bool> {
        Binding(
            get: { @MainActor in opening.exported != nil },
            set: { @MainActor isShown in if !isShown { endExport() } })
    }

    private func endExport() {
        opening.exported?.remove()
        opening.exported = nil
    }
}
