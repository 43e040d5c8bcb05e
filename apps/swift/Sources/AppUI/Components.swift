import Presentation
import SwiftUI
import Words

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

/// A heading inside a page, with a way to more where there is more.
struct Heading: View {
    let text: String
    var more: (title: String, perform: @MainActor () -> Void)?

    init(_ text: String, more: (title: String, perform: @MainActor () -> Void)? = nil) {
        self.text = text
        self.more = more
    }

    var body: some View {
        if let more {
            // One below the other where the letters are large.
            ViewThatFits(in: .horizontal) {
                HStack(alignment: .firstTextBaseline) {
                    title
                    Spacer(minLength: Space.two)
                    Button(more.title, action: more.perform).buttonStyle(SecondaryButtonStyle())
                }
                VStack(alignment: .leading, spacing: 0) {
                    title
                    Button(more.title, action: more.perform).buttonStyle(SecondaryButtonStyle())
                }
            }
        } else {
            title
        }
    }

    private var title: some View {
        Text(text).font(Typeface.heading).accessibilityAddTraits(.isHeader)
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
                // Who comes back to the field hears again what is wrong with it.
                .accessibilityHint(error ?? hint ?? "")
            if let error { FieldErrorText(error) }
        }
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

/// A page that was opened from another: the system leads back from it, by button and by gesture.
struct SubPage<Content: View>: View {
    let title: String
    @ViewBuilder let content: () -> Content

    var body: some View {
        Page(content: content)
            .navigationTitle(title)
            .navigationBarTitleDisplayMode(.inline)
    }
}

/// A page in a sheet, with a button that closes it.
struct SheetPage<Content: View>: View {
    let title: String
    let onClose: @MainActor () -> Void
    @ViewBuilder let content: () -> Content
    @Environment(\.words) private var words

    var body: some View {
        NavigationStack {
            SubPage(title: title, content: content)
                .toolbar {
                    ToolbarItem(placement: .confirmationAction) { Button(words.action.done, action: onClose) }
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
