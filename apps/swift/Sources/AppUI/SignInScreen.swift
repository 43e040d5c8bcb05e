import Presentation
import SwiftUI
import Words

/// Asks for the phone.
struct SignInScreen: View {
    let state: SignInState
    let onAction: @MainActor (SignInAction) -> Void
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme

    var body: some View {
        Page {
            Logo(brand: .venue).fill(theme.primary).frame(width: 72, height: 72)
                .padding(.top, Space.four)
                .accessibilityHidden(true)
            if state.deletionAsked {
                Notice(symbol: "checkmark", text: words.profile.deleted, tone: .good).announced(words.profile.deleted)
            }
            VStack(alignment: .leading, spacing: Space.half) {
                Text(words.signIn.greeting).font(Typeface.title).accessibilityAddTraits(.isHeader)
                Text(words.signIn.title).font(Typeface.body).foregroundStyle(theme.textSoft)
            }
            Field(
                label: words.signIn.phone, error: state.invalid ? words.signIn.invalid : nil,
                text: Binding(state.phone) { onAction(.typed(text: $0)) }
            )
            .textContentType(.telephoneNumber)
            .keyboardType(.phonePad)
            Text(words.signIn.purpose).font(Typeface.note).foregroundStyle(theme.textSoft)
            ProblemNotice(problem: state.retryIn == nil ? state.problem : nil) { onAction(.send) }
            if let retryIn = state.retryIn {
                Notice(symbol: "clock", text: words.signIn.wait(time: retryIn))
                    .monospacedDigit()
                    .accessibilityAddTraits(.updatesFrequently)
                    // Once, and not with every second.
                    .onAppear { AccessibilityNotification.Announcement(words.signIn.wait(time: retryIn)).post() }
            }
            WorkButton(
                title: words.signIn.send, working: words.signIn.sending, wait: state.wait,
                isEnabled: state.retryIn == nil
            ) { onAction(.send) }
        }
    }
}

/// Asks for the code that was sent.
struct CodeScreen: View {
    let state: CodeState
    let onAction: @MainActor (CodeAction) -> Void
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme
    @FocusState private var isTyping: Bool

    var body: some View {
        SubPage(title: words.code.title) {
            Text(words.code.sentTo(phone: state.phone)).font(Typeface.body)
            digits
            if let error = state.error { FieldErrorText(text(error)) }
            Working(wait: state.wait, text: words.code.checking)
            ProblemNotice(problem: state.problem)
            if let resendIn = state.resendIn {
                Text(words.code.resendIn(time: resendIn))
                    .font(Typeface.note).monospacedDigit().foregroundStyle(theme.textSoft)
                    .frame(minHeight: Space.target)
                    .accessibilityAddTraits(.updatesFrequently)
            } else {
                Button(words.code.resend) { onAction(.resend) }
                    .buttonStyle(SecondaryButtonStyle())
                    .disabled(state.wait.busy)
            }
            Button(words.code.changePhone) { onAction(.changePhone) }.buttonStyle(SecondaryButtonStyle())
        }
        .sensoryFeedback(.error, trigger: state.error) { _, error in error != nil }
    }

    /// One field, so that the system fills the code in and a paste is whole.
    private var digits: some View {
        TextField(words.code.digits, text: Binding(state.digits) { onAction(.typed(text: $0)) })
            .font(Typeface.bold(40, .largeTitle).monospacedDigit())
            .tracking(Space.one)
            .multilineTextAlignment(.center)
            .textContentType(.oneTimeCode)
            .keyboardType(.numberPad)
            .focused($isTyping)
            .frame(maxWidth: .infinity, minHeight: 80)
            .background(theme.surface, in: RoundedRectangle(cornerRadius: Space.controlCorner))
            .overlay {
                RoundedRectangle(cornerRadius: Space.controlCorner)
                    .stroke(state.error == nil ? theme.outline : theme.negative, lineWidth: 2)
            }
            .accessibilityLabel(words.code.digits)
            .accessibilityHint(state.error.map(text) ?? "")
            .onAppear { isTyping = true }
    }

    private func text(_ error: CodeError) -> String {
        switch error {
        case .wrong(let triesLeft): triesLeft.map { words.code.wrong($0) } ?? words.code.mismatch
        case .expired: words.code.expired
        case .noTriesLeft: words.code.noTries
        }
    }
}

#if DEBUG && canImport(UIKit)
    #Preview("SignIn") { Gallery(Fixtures.signIn) { SignInScreen(state: $0) { _ in } } }
    #Preview("Code") { Gallery(Fixtures.code) { CodeScreen(state: $0) { _ in } } }
#endif
