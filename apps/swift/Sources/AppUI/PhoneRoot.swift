import Presentation
import SwiftUI
import Words

/// The whole app: the screen that the guest is on, in their language and theme.
public struct PhoneRoot: View {
    private let screens: PhoneScreens
    private let notices: @Sendable () -> [NoticeText]
    private let onStore: @MainActor () -> Void
    private let onSettings: @MainActor () -> Void
    @Environment(\.openURL) private var openURL
    @Environment(\.accessibilityReduceMotion) private var reduceMotion

    /// - Parameters:
    ///   - notices: reads what the licences of the app's components say.
    ///   - onStore: opens the app's page in the App Store.
    ///   - onSettings: opens what the system lets the guest choose about this app's notifications.
    public init(
        screens: PhoneScreens, notices: @escaping @Sendable () -> [NoticeText], onStore: @escaping @MainActor () -> Void,
        onSettings: @escaping @MainActor () -> Void
    ) {
        self.screens = screens
        self.notices = notices
        self.onStore = onStore
        self.onSettings = onSettings
    }

    public var body: some View {
        Branded(brand: .venue, words: screens.words) {
            root.animation(reduceMotion ? nil : .easeInOut(duration: 0.2), value: screens.phone.state.places.first)
        }
        .environment(\.notices, notices)
        .environment(\.onSettings, onSettings)
        .preferredColorScheme(screens.preferences.theme.scheme)
    }

    @ViewBuilder private var root: some View {
        switch screens.screens.first {
        case .signIn(let store):
            Opened(screens: screens, isShown: true) { SignInScreen(state: store.state) { store.send($0) } }
        case .register(let store): RegisterScreen(state: store.state) { store.send($0) }
        case .home: MainFrame(screens: screens)
        case .blocked(let support):
            BlockedScreen(support: support, onSignOut: screens.signOut) {
                if let url = URL(string: $0) { openURL(url) }
            }
        case .outdated: OutdatedScreen(onUpdate: onStore)
        default: EmptyView()
        }
    }
}

extension ThemeChoice {
    /// `nil` follows the system.
    var scheme: ColorScheme? {
        switch self {
        case .system: nil
        case .light: .light
        case .dark: .dark
        }
    }
}

/// The three pages over the bar that leads to them.
struct MainFrame: View {
    let screens: PhoneScreens
    @Environment(\.words) private var words

    var body: some View {
        TabView(selection: Binding(tab) { screens.send(.select(tab: $0)) }) {
            ForEach(Presentation.Tab.allCases, id: \.self) { tab in
                Opened(screens: screens, isShown: tab == self.tab) { page(tab) }
                    .tabItem { Label(title(tab), systemImage: symbol(tab)) }
                    .tag(tab)
            }
        }
    }

    private var tab: Presentation.Tab { screens.phone.state.tab ?? .home }

    /// A page is made when it is first chosen, and stays as it was left.
    @ViewBuilder private func page(_ tab: Presentation.Tab) -> some View {
        switch screens.pages[tab] {
        case .home(let store):
            HomeScreen(state: store.state) { store.send($0) }
                .refreshable {
                    await store.send(.refresh)
                    await store.settled()
                }
        case .history(let store):
            HistoryScreen(state: store.state) { store.send($0) }
                .refreshable {
                    await store.send(.refresh)
                    await store.settled()
                }
        case .profile(let store): ProfileScreen(state: store.state) { store.send($0) }
        default: EmptyView()
        }
    }

    private func title(_ tab: Presentation.Tab) -> String {
        switch tab {
        case .home: words.home.title
        case .history: words.history.title
        case .profile: words.profile.title
        }
    }

    private func symbol(_ tab: Presentation.Tab) -> String {
        switch tab {
        case .home: "house"
        case .history: "clock"
        case .profile: "person"
        }
    }
}

/// A screen and those that were opened from it, with the system's way back.
private struct Opened<Root: View>: View {
    let screens: PhoneScreens
    /// Whether what is open lies over this one and not over another page.
    let isShown: Bool
    @ViewBuilder let root: () -> Root

    var body: some View {
        NavigationStack(path: Binding(steps) { screens.backed(to: $0.count) }) {
            root().navigationDestination(for: Step.self) {
                SteppedInto(screen: $0.screen).toolbar(.hidden, for: .tabBar)
            }
        }
    }

    private var steps: [Step] { isShown ? screens.above.map(Step.init) : [] }
}

/// A screen on the way from a page. It keeps its store while it moves out of sight.
private struct Step: Hashable, Sendable {
    let screen: Screen

    static func == (one: Step, other: Step) -> Bool { one.screen.id == other.screen.id }
    func hash(into hasher: inout Hasher) { hasher.combine(screen.id) }
}

private struct SteppedInto: View {
    let screen: Screen

    var body: some View {
        switch screen {
        case .code(let store): CodeScreen(state: store.state) { store.send($0) }
        case .card(let store): CardScreen(state: store.state) { store.send($0) }
        case .burns(let store): BurnScreen(state: store.state) { store.send($0) }
        case .receipt(let store): ReceiptScreen(state: store.state) { store.send($0) }
        case .programme(let store): ProgrammeScreen(state: store.state) { store.send($0) }
        default: EmptyView()
        }
    }
}

/// Covers the app while others may look at it: in the app switcher.
public struct PrivacyCover: View {
    /// A cover.
    public init() {}

    public var body: some View {
        Branded(brand: .venue, words: WordsLanguage.ru.words) {
            PrivacyMark().frame(maxWidth: .infinity, maxHeight: .infinity)
        }
        .ignoresSafeArea()
        .accessibilityHidden(true)
    }
}

private struct PrivacyMark: View {
    @Environment(\.theme) private var theme

    var body: some View {
        Logo(brand: .venue).fill(theme.primary).frame(width: 96, height: 96)
    }
}
