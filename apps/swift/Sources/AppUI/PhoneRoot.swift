import Presentation
import SwiftUI
import Words

/// The whole app: the screen that the guest is on, in their language and theme.
public struct PhoneRoot: View {
    private let screens: PhoneScreens
    private let onStore: @MainActor () -> Void
    @Environment(\.openURL) private var openURL
    @Environment(\.accessibilityReduceMotion) private var reduceMotion

    /// - Parameter onStore: opens the app's page in the App Store.
    public init(screens: PhoneScreens, onStore: @escaping @MainActor () -> Void) {
        self.screens = screens
        self.onStore = onStore
    }

    public var body: some View {
        Branded(brand: .venue, words: screens.words) {
            if let screen = screens.screens.last {
                shown(screen)
                    .animation(reduceMotion ? nil : .easeInOut(duration: 0.2), value: screens.phone.state.places.count)
            }
        }
        .preferredColorScheme(screens.preferences.theme.scheme)
    }

    @ViewBuilder private func shown(_ screen: Screen) -> some View {
        switch screen {
        case .signIn(let store): SignInScreen(state: store.state) { store.send($0) }
        case .code(let store): CodeScreen(state: store.state) { store.send($0) }
        case .register(let store): RegisterScreen(state: store.state) { store.send($0) }
        case .home, .history, .profile: MainFrame(screens: screens)
        case .card(let store): CardScreen(state: store.state) { store.send($0) }
        case .burns(let store): BurnScreen(state: store.state) { store.send($0) }
        case .receipt(let store): ReceiptScreen(state: store.state) { store.send($0) }
        case .programme(let store): ProgrammeScreen(state: store.state) { store.send($0) }
        case .blocked(let support):
            BlockedScreen(support: support) { if let url = URL(string: $0) { openURL(url) } }
        case .outdated: OutdatedScreen(onUpdate: onStore)
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
                page(tab).tabItem { Label(title(tab), systemImage: symbol(tab)) }.tag(tab)
            }
        }
    }

    private var tab: Presentation.Tab {
        if case .main(let tab) = screens.phone.state.place { tab } else { .home }
    }

    /// Only the page that is shown has a store for certain; the others appear as soon as they are chosen.
    @ViewBuilder private func page(_ wanted: Presentation.Tab) -> some View {
        if wanted == tab, let screen = screens.screens.last {
            switch screen {
            case .home(let store): HomeScreen(state: store.state) { store.send($0) }
            case .history(let store): HistoryScreen(state: store.state) { store.send($0) }
            case .profile(let store): ProfileScreen(state: store.state) { store.send($0) }
            default: EmptyView()
            }
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
