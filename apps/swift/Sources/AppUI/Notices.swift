import Presentation
import SwiftUI
import Words

extension View {
    /// Has `text` read aloud when it comes, and whenever it changes.
    func announced(_ text: String?) -> some View {
        onChange(of: text, initial: true) { _, text in
            if let text { AccessibilityNotification.Announcement(text).post() }
        }
    }
}

/// How much a notice matters.
enum Tone {
    case plain, good, warning

    @MainActor
    func colour(_ theme: Theme) -> Color {
        switch self {
        case .plain: theme.primary
        case .good: theme.positive
        case .warning: theme.negative
        }
    }
}

/// Something that the guest should know, with a sign beside it so that colour is not the only one.
struct Notice: View {
    let symbol: String
    let text: String
    var detail: String?
    var tone = Tone.plain
    var action: (title: String, perform: @MainActor () -> Void)?
    @Environment(\.theme) private var theme

    var body: some View {
        VStack(alignment: .leading, spacing: 0) {
            HStack(alignment: .firstTextBaseline, spacing: Space.one + Space.half) {
                Image(systemName: symbol).foregroundStyle(tone.colour(theme)).accessibilityHidden(true)
                VStack(alignment: .leading, spacing: Space.half) {
                    Text(text).font(Typeface.note)
                    if let detail { Text(detail).font(Typeface.caption).foregroundStyle(theme.textSoft) }
                }
            }
            .accessibilityElement(children: .combine)
            if let action { Button(action.title, action: action.perform).buttonStyle(SecondaryButtonStyle()) }
        }
        .padding(Space.two)
        .frame(maxWidth: .infinity, alignment: .leading)
        .background(theme.raised, in: RoundedRectangle(cornerRadius: Space.controlCorner))
    }
}

/// A failure, in words and with a way on. It is read aloud when it comes.
struct ProblemNotice: View {
    let problem: Problem?
    var retry: (@MainActor () -> Void)?
    @Environment(\.words) private var words

    var body: some View {
        if let problem {
            Notice(
                symbol: problem.cause == .offline ? "wifi.slash" : "exclamationmark.triangle",
                text: problem.text(words),
                detail: problem.cause == .unexpected ? words.problem.code(code: problem.code) : nil,
                tone: .warning, action: retry.map { (words.action.retry, $0) }
            )
            .announced(problem.text(words))
        }
    }
}

/// What is wrong with what stands above. It is read aloud when it comes.
struct FieldErrorText: View {
    let text: String
    @Environment(\.theme) private var theme

    init(_ text: String) { self.text = text }

    var body: some View {
        Label(text, systemImage: "exclamationmark.circle")
            .font(Typeface.note)
            .foregroundStyle(theme.negative)
            .announced(text)
    }
}

/// What stands in place of a list without rows, or of a screen without content.
struct Nothing: View {
    let symbol: String
    let title: String
    var hint: String?
    @Environment(\.theme) private var theme
    @ScaledMetric(relativeTo: .title) private var side: CGFloat = 88

    var body: some View {
        VStack(spacing: Space.two) {
            Image(systemName: symbol)
                .font(Typeface.bold(34, .title))
                .foregroundStyle(theme.primary)
                .frame(width: side, height: side)
                .background(theme.raised, in: Circle())
                .accessibilityHidden(true)
            VStack(spacing: Space.one) {
                Text(title).font(Typeface.heading).multilineTextAlignment(.center).accessibilityAddTraits(.isHeader)
                if let hint {
                    Text(hint).font(Typeface.body).foregroundStyle(theme.textSoft).multilineTextAlignment(.center)
                }
            }
        }
        .padding(.vertical, Space.four)
        .padding(.horizontal, Space.two)
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
                Text(said).font(Typeface.note)
            }
            .frame(maxWidth: .infinity)
            .padding(Space.two)
            .accessibilityElement(children: .combine)
            .announced(said)
        }
    }

    private var said: String { wait == .stillTrying ? words.progress.stillTrying : text }
}

/// Blocks that stand where something will be, breathing unless motion is unwelcome.
struct Skeleton<Content: View>: View {
    /// What is being read.
    let label: String
    @ViewBuilder let content: () -> Content
    @Environment(\.accessibilityReduceMotion) private var reduceMotion
    @State private var isDim = false

    var body: some View {
        VStack(alignment: .leading, spacing: Space.two, content: content)
            .opacity(isDim ? 0.5 : 1)
            .animation(reduceMotion ? nil : .easeInOut(duration: 0.9).repeatForever(autoreverses: true), value: isDim)
            .onAppear { isDim = !reduceMotion }
            .accessibilityElement(children: .ignore)
            .accessibilityLabel(label)
    }
}

/// One block of a ``Skeleton``.
struct Block: View {
    var width: CGFloat?
    let height: CGFloat
    var corner: CGFloat = Space.one
    @Environment(\.theme) private var theme

    var body: some View {
        RoundedRectangle(cornerRadius: corner).fill(theme.raised).frame(width: width, height: height)
    }
}

/// Where rows of operations will be.
struct RowBlocks: View {
    var body: some View {
        Card {
            ForEach(0..<3, id: \.self) { _ in
                HStack(spacing: Space.two) {
                    Block(width: 40, height: 40, corner: 20)
                    VStack(alignment: .leading, spacing: Space.one) {
                        Block(height: 16)
                        Block(width: 120, height: 12)
                    }
                    Block(width: 56, height: 16)
                }
                .padding(.vertical, Space.one)
            }
        }
    }
}
