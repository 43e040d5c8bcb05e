import Presentation
import SwiftUI
import Words

/// The venue's colours in light or dark.
struct Theme: Sendable {
    private let palette: Palette

    init(_ brand: Brand, _ scheme: ColorScheme) { palette = scheme == .dark ? brand.dark : brand.light }

    var background: Color { Color(palette.background) }
    var surface: Color { Color(palette.surface) }
    var raised: Color { Color(palette.raised) }
    var text: Color { Color(palette.text) }
    var textSoft: Color { Color(palette.textSoft) }
    var outline: Color { Color(palette.outline) }
    var primary: Color { Color(palette.primary) }
    var onPrimary: Color { Color(palette.onPrimary) }
    var accent: Color { Color(palette.accent) }
    var onAccent: Color { Color(palette.onAccent) }
    var onHero: Color { Color(palette.onHero) }
    var positive: Color { Color(palette.positive) }
    var negative: Color { Color(palette.negative) }

    /// The card that the balance stands on.
    var hero: LinearGradient {
        LinearGradient(
            colors: [Color(palette.heroStart), Color(palette.heroEnd)], startPoint: .topLeading,
            endPoint: .bottomTrailing)
    }
}

extension Color {
    /// A colour as `0xRRGGBB`.
    fileprivate init(_ rgb: UInt32) {
        self.init(
            .sRGB, red: Double(rgb >> 16 & 0xFF) / 255, green: Double(rgb >> 8 & 0xFF) / 255,
            blue: Double(rgb & 0xFF) / 255, opacity: 1)
    }
}

/// Distances and corners, on a grid of eight points.
enum Space {
    static let half: CGFloat = 4
    static let one: CGFloat = 8
    static let two: CGFloat = 16
    static let three: CGFloat = 24
    static let four: CGFloat = 32
    static let cardCorner: CGFloat = 24
    static let controlCorner: CGFloat = 16
    /// The least side of what can be touched.
    static let target: CGFloat = 48
}

/// The bundled typeface, in the sizes that the system asks for.
enum Typeface {
    static func regular(_ size: CGFloat, _ style: Font.TextStyle) -> Font {
        .custom("Onest-Regular", size: size, relativeTo: style)
    }
    static func medium(_ size: CGFloat, _ style: Font.TextStyle) -> Font {
        .custom("Onest-Medium", size: size, relativeTo: style)
    }
    static func bold(_ size: CGFloat, _ style: Font.TextStyle) -> Font {
        .custom("Onest-Bold", size: size, relativeTo: style)
    }

    static let title = bold(28, .title)
    static let heading = bold(20, .title3)
    static let body = regular(17, .body)
    static let emphasis = medium(17, .body)
    static let note = regular(15, .subheadline)
    static let caption = regular(13, .footnote)
    static let balance = bold(56, .largeTitle).monospacedDigit()
}

private struct ThemeKey: EnvironmentKey {
    static let defaultValue = Theme(.venue, .light)
}

private struct WordsKey: EnvironmentKey {
    static let defaultValue: any Words = WordsLanguage.ru.words
}

private struct NoticesKey: EnvironmentKey {
    static let defaultValue: @Sendable () -> [NoticeText] = { [] }
}

private struct SettingsKey: EnvironmentKey {
    static let defaultValue: @MainActor () -> Void = {}
}

extension EnvironmentValues {
    /// Opens what the system lets the guest choose about this app's notifications.
    var onSettings: @MainActor () -> Void {
        get { self[SettingsKey.self] }
        set { self[SettingsKey.self] = newValue }
    }

    /// Reads what the licences of the app's components say, which takes a while.
    var notices: @Sendable () -> [NoticeText] {
        get { self[NoticesKey.self] }
        set { self[NoticesKey.self] = newValue }
    }

    /// The colours of the screens.
    var theme: Theme {
        get { self[ThemeKey.self] }
        set { self[ThemeKey.self] = newValue }
    }

    /// The words of the screens.
    var words: any Words {
        get { self[WordsKey.self] }
        set { self[WordsKey.self] = newValue }
    }
}

/// Gives everything inside the venue's colours and the guest's language.
struct Branded<Content: View>: View {
    let brand: Brand
    let words: any Words
    @ViewBuilder let content: () -> Content
    @Environment(\.colorScheme) private var scheme

    var body: some View {
        let theme = Theme(brand, scheme)
        content()
            .environment(\.theme, theme)
            .environment(\.words, words)
            .environment(\.locale, Locale(identifier: words.language.rawValue))
            .tint(theme.primary)
            .foregroundStyle(theme.text)
            .background(theme.background)
    }
}
