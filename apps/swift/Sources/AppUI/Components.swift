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
            .frame(maxWidth: .infinity, minHeight: 56)
            .background(theme.primary, in: RoundedRectangle(cornerRadius: Space.controlCorner))
            .opacity(isEnabled ? (configuration.isPressed ? 0.8 : 1) : 0.5)
    }
}

/// What else can be done.
struct SecondaryButtonStyle: ButtonStyle {
    @Environment(\.theme) private var theme

    func makeBody(configuration: Configuration) -> some View {
        configuration.label
            .font(Typeface.emphasis)
            .multilineTextAlignment(.center)
            .foregroundStyle(theme.primary)
            .padding(.horizontal, Space.two)
            .frame(minHeight: Space.target)
            .opacity(configuration.isPressed ? 0.6 : 1)
    }
}

/// A button that shows that its work is under way, and cannot be pressed twice.
struct WorkButton: View {
    let title: String
    let working: String
    let wait: Wait
    var isEnabled = true
    let action: @MainActor () -> Void
    @Environment(\.theme) private var theme

    var body: some View {
        Button(action: action) {
            HStack(spacing: Space.one) {
                if wait.showsProgress { ProgressView().tint(theme.onPrimary) }
                Text(wait.showsProgress ? working : title)
            }
        }
        .buttonStyle(PrimaryButtonStyle())
        .disabled(wait.busy || !isEnabled)
    }
}

extension Wait {
    /// Whether the wait is long enough to be seen.
    var showsProgress: Bool { self == .shown || self == .stillTrying }
}

/// A surface that holds things which belong together.
struct Card<Content: View>: View {
    @ViewBuilder let content: () -> Content
    @Environment(\.theme) private var theme

    var body: some View {
        VStack(alignment: .leading, spacing: Space.one, content: content)
            .padding(Space.two)
            .frame(maxWidth: .infinity, alignment: .leading)
            .background(theme.surface, in: RoundedRectangle(cornerRadius: Space.cardCorner))
    }
}

/// A heading inside a page.
struct Heading: View {
    let text: String

    init(_ text: String) { self.text = text }

    var body: some View {
        Text(text).font(Typeface.heading).accessibilityAddTraits(.isHeader)
    }
}

/// Something that the guest should know, with a sign beside it so that colour is not the only one.
struct Notice: View {
    let symbol: String
    let text: String
    var action: (title: String, perform: @MainActor () -> Void)?
    @Environment(\.theme) private var theme

    var body: some View {
        HStack(alignment: .firstTextBaseline, spacing: Space.one) {
            Image(systemName: symbol).accessibilityHidden(true)
            VStack(alignment: .leading, spacing: 0) {
                Text(text).font(Typeface.note)
                if let action {
                    Button(action.title, action: action.perform).buttonStyle(SecondaryButtonStyle())
                }
            }
        }
        .padding(Space.two)
        .frame(maxWidth: .infinity, alignment: .leading)
        .background(theme.raised, in: RoundedRectangle(cornerRadius: Space.controlCorner))
        .accessibilityElement(children: .combine)
    }
}

/// A failure, in words and with a way on. It is read aloud when it comes.
struct ProblemNotice: View {
    let problem: Problem?
    var retry: (@MainActor () -> Void)?
    @Environment(\.words) private var words

    var body: some View {
        if let problem {
            VStack(alignment: .leading, spacing: Space.half) {
                Notice(
                    symbol: problem.cause == .offline ? "wifi.slash" : "exclamationmark.triangle",
                    text: problem.text(words), action: retry.map { (words.action.retry, $0) })
                if problem.cause == .unexpected {
                    Text(words.problem.code(code: problem.code)).font(Typeface.caption)
                }
            }
            .onAppear { AccessibilityNotification.Announcement(problem.text(words)).post() }
        }
    }
}

/// A field with its label above it and what is wrong with it below.
struct Field: View {
    let label: String
    var hint: String?
    var error: String?
    @Binding var text: String
    @Environment(\.theme) private var theme

    var body: some View {
        VStack(alignment: .leading, spacing: Space.half) {
            Text(label).font(Typeface.note).foregroundStyle(theme.textSoft).accessibilityHidden(true)
            TextField(label, text: $text, prompt: hint.map { Text($0) })
                .font(Typeface.body)
                .padding(.horizontal, Space.two)
                .frame(minHeight: 56)
                .background(theme.surface, in: RoundedRectangle(cornerRadius: Space.controlCorner))
                .overlay {
                    RoundedRectangle(cornerRadius: Space.controlCorner)
                        .stroke(error == nil ? theme.outline : theme.negative, lineWidth: error == nil ? 1 : 2)
                }
            if let error { FieldErrorText(error) }
        }
    }
}

/// What is wrong with what stands above.
struct FieldErrorText: View {
    let text: String
    @Environment(\.theme) private var theme

    init(_ text: String) { self.text = text }

    var body: some View {
        Label(text, systemImage: "exclamationmark.circle")
            .font(Typeface.note)
            .foregroundStyle(theme.negative)
    }
}

extension FieldError {
    /// What a guest is told about a name.
    func aboutName(_ words: any Words) -> String {
        switch self {
        case .empty: words.field.nameEmpty
        case .refused: words.field.refused
        case .invalid, .inFuture: words.field.nameInvalid
        }
    }

    /// What a guest is told about a birthday.
    func aboutBirthday(_ words: any Words) -> String {
        switch self {
        case .inFuture: words.field.birthdayFuture
        case .refused: words.field.refused
        case .invalid, .empty: words.field.birthdayInvalid
        }
    }

    /// What a guest is told about an address.
    func aboutEmail(_ words: any Words) -> String { self == .refused ? words.field.refused : words.field.emailInvalid }
}

/// What stands in place of a list without rows.
struct Nothing: View {
    let symbol: String
    let title: String
    var hint: String?
    @Environment(\.theme) private var theme

    var body: some View {
        VStack(spacing: Space.one) {
            Image(systemName: symbol).font(Typeface.title).foregroundStyle(theme.textSoft).accessibilityHidden(true)
            Text(title).font(Typeface.heading).multilineTextAlignment(.center)
            if let hint {
                Text(hint).font(Typeface.note).foregroundStyle(theme.textSoft).multilineTextAlignment(.center)
            }
        }
        .padding(Space.four)
        .frame(maxWidth: .infinity)
        .accessibilityElement(children: .combine)
    }
}

/// Says that something is being read, once that takes long enough to be noticed.
struct Working: View {
    let wait: Wait
    let text: String
    @Environment(\.words) private var words

    var body: some View {
        if wait.showsProgress {
            HStack(spacing: Space.one) {
                ProgressView()
                Text(wait == .stillTrying ? words.progress.stillTrying : text).font(Typeface.note)
            }
            .frame(maxWidth: .infinity)
            .padding(Space.two)
            .accessibilityElement(children: .combine)
            .accessibilityAddTraits(.updatesFrequently)
        }
    }
}

/// A page that scrolls, with the margins of all pages.
struct Page<Content: View>: View {
    @ViewBuilder let content: () -> Content
    @Environment(\.theme) private var theme

    var body: some View {
        ScrollView {
            VStack(alignment: .leading, spacing: Space.two, content: content)
                .padding(Space.two)
                .frame(maxWidth: .infinity, alignment: .leading)
        }
        .background(theme.background)
        .scrollDismissesKeyboard(.interactively)
    }
}

/// A page over another, with a button back to it.
struct SubPage<Content: View>: View {
    let title: String
    let back: @MainActor () -> Void
    @ViewBuilder let content: () -> Content
    @Environment(\.words) private var words

    var body: some View {
        NavigationStack {
            Page(content: content)
                .navigationTitle(title)
                .navigationBarTitleDisplayMode(.inline)
                .toolbar {
                    ToolbarItem(placement: .topBarLeading) {
                        Button(action: back) { Label(words.action.back, systemImage: "chevron.backward") }
                    }
                }
        }
    }
}

/// A name and what it comes to, one below the other where the letters are large.
struct Row: View {
    let name: String
    let value: String
    var isStrong = false
    @Environment(\.theme) private var theme

    var body: some View {
        ViewThatFits(in: .horizontal) {
            HStack(alignment: .firstTextBaseline) {
                title
                Spacer(minLength: Space.two)
                amount
            }
            VStack(alignment: .leading) {
                title
                amount
            }
        }
        .accessibilityElement(children: .combine)
    }

    private var title: some View {
        Text(name).font(isStrong ? Typeface.emphasis : Typeface.body).foregroundStyle(isStrong ? theme.text : theme.textSoft)
    }

    private var amount: some View {
        Text(value).font(isStrong ? Typeface.emphasis : Typeface.body).monospacedDigit()
    }
}

extension Binding where Value: Sendable {
    /// Shows `value`, and passes on what it is changed to.
    @MainActor
    init(_ value: Value, onChange: @escaping @MainActor (Value) -> Void) {
        self.init(get: { value }, set: { @MainActor changed in onChange(changed) })
    }
}
