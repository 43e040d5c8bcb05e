import Presentation
import SwiftUI
import Words

/// The one thing to do on a screen.
struct PrimaryButtonStyle: ButtonStyle {
    @Environment(\.theme) private var theme
    @Environment(\.isEnabled) private var isEnabled

    func makeBody(configuration: Configuration) -> some View {
        configuration.label
            .font(Typeface.emphasis)
            .multilineTextAlignment(.center)
            .foregroundStyle(theme.onPrimary)
            .padding(.horizontal, Space.three)
            .padding(.vertical, Space.two)
            .frame(maxWidth: .infinity, minHeight: 56)
            .background(theme.primary, in: RoundedRectangle(cornerRadius: Space.controlCorner))
            .opacity(isEnabled ? (configuration.isPressed ? 0.8 : 1) : 0.5)
            .contentShape(Rectangle())
    }
}

/// What else can be done.
struct SecondaryButtonStyle: ButtonStyle {
    @Environment(\.theme) private var theme
    @Environment(\.isEnabled) private var isEnabled

    func makeBody(configuration: Configuration) -> some View {
        configuration.label
            .font(Typeface.emphasis)
            .multilineTextAlignment(.leading)
            .foregroundStyle(configuration.role == .destructive ? theme.negative : theme.primary)
            .frame(minHeight: Space.target)
            .opacity(isEnabled ? (configuration.isPressed ? 0.6 : 1) : 0.5)
            .contentShape(Rectangle())
    }
}

/// The way out of what only the system can change.
struct SettingsButton: View {
    @Environment(\.words) private var words
    @Environment(\.onSettings) private var onSettings

    var body: some View {
        Button(words.profile.openSettings, action: onSettings).buttonStyle(SecondaryButtonStyle())
    }
}

/// A button that shows that its work is under way, and cannot be pressed twice.
struct WorkButton: View {
    let title: String
    let working: String
    let wait: Wait
    var isEnabled = true
    let action: @MainActor () -> Void
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme

    var body: some View {
        Button(action: action) {
            HStack(spacing: Space.one) {
                if wait.showsProgress { ProgressView().tint(theme.onPrimary) }
                Text(text)
            }
        }
        .buttonStyle(PrimaryButtonStyle())
        .disabled(wait.busy || !isEnabled)
        .announced(wait.showsProgress ? text : nil)
    }

    private var text: String {
        switch wait {
        case .none, .brief: title
        case .shown: working
        case .stillTrying: words.progress.stillTrying
        }
    }
}

extension Wait {
    /// Whether the wait is long enough to be seen.
    var showsProgress: Bool { self == .shown || self == .stillTrying }
}
