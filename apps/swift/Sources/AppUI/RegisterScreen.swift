import Presentation
import SwiftUI
import Words

/// The form of a newcomer, or the consents alone.
struct RegisterScreen: View {
    let state: RegisterState
    let onAction: @MainActor (RegisterAction) -> Void
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme

    var body: some View {
        content.sensoryFeedback(.success, trigger: state.done) { _, isDone in isDone }
    }

    @ViewBuilder private var content: some View {
        if state.done { welcome } else { form }
    }

    private var welcome: some View {
        Page {
            Nothing(
                symbol: "checkmark.seal.fill", title: words.register.doneTitle, hint: words.register.doneHint
            )
            .announced(words.register.doneTitle)
            Button(words.register.doneButton) { onAction(.leave) }.buttonStyle(PrimaryButtonStyle())
        }
    }

    private var form: some View {
        Page {
            Text(state.consentsOnly ? words.register.consents : words.register.title)
                .font(Typeface.title).accessibilityAddTraits(.isHeader)
            Text(state.consentsOnly ? words.register.consentsSubtitle : words.register.subtitle)
                .font(Typeface.body).foregroundStyle(theme.textSoft)
            if !state.consentsOnly { fields }
            ForEach(state.consents, id: \.required) { consent in
                ConsentRow(
                    consent: consent,
                    agreed: consent.required ? state.agreedToData : state.agreedToAds,
                    isMissing: consent.required && state.consentMissing,
                    onAgree: { onAction(consent.required ? .agreeToData(agreed: $0) : .agreeToAds(agreed: $0)) },
                    onRead: { onAction(.read(consent: consent)) })
            }
            ProblemNotice(problem: state.problem)
            WorkButton(
                title: state.consentsOnly ? words.register.agree : words.register.submit,
                working: words.register.sending, wait: state.wait
            ) { onAction(.submit) }
            // The way out for who does not agree.
            Button(words.profile.signOut) { onAction(.signOut) }
                .buttonStyle(SecondaryButtonStyle())
                .disabled(state.wait.busy)
        }
        .sheet(isPresented: Binding(state.reading != nil) { if !$0 { onAction(.stopReading) } }) {
            SheetPage(title: words.register.readText, onClose: { onAction(.stopReading) }) {
                if let reading = state.reading {
                    Text(words.register.consentVersion(version: reading.version))
                        .font(Typeface.caption).foregroundStyle(theme.textSoft)
                    Text(reading.text ?? "").font(Typeface.body).textSelection(.enabled)
                }
            }
        }
    }

    @ViewBuilder private var fields: some View {
        Field(
            label: words.register.name, error: state.nameError?.aboutName(words),
            text: Binding(state.name) { onAction(.name(text: $0)) }
        )
        .textContentType(.givenName)
        Field(
            label: words.register.birthday, hint: words.register.birthdayHint,
            error: state.birthdayError?.aboutBirthday(words),
            text: Binding(state.birthday) { onAction(.birthday(text: $0)) }
        )
        .keyboardType(.numberPad)
        Field(
            label: words.register.email, hint: words.register.emailHint, error: state.emailError?.aboutEmail(words),
            text: Binding(state.email) { onAction(.email(text: $0)) }
        )
        .textContentType(.emailAddress)
        .keyboardType(.emailAddress)
        .textInputAutocapitalization(.never)
        .autocorrectionDisabled()
    }
}

/// A consent that can be ticked, and never is by itself.
private struct ConsentRow: View {
    let consent: ConsentView
    let agreed: Bool
    let isMissing: Bool
    let onAgree: @MainActor (Bool) -> Void
    let onRead: @MainActor () -> Void
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme

    var body: some View {
        Card {
            Toggle(isOn: Binding(agreed) { onAgree($0) }) {
                VStack(alignment: .leading, spacing: Space.half) {
                    Text(consent.required ? words.register.consentData : words.register.consentAds)
                        .font(Typeface.body)
                    Text(consent.required ? words.register.consentDataHint : words.register.consentAdsHint)
                        .font(Typeface.caption).foregroundStyle(theme.textSoft)
                }
            }
            .frame(minHeight: Space.target)
            if isMissing { FieldErrorText(words.register.consentDataRequired) }
            if consent.text != nil || consent.url != nil {
                Button(words.register.readText, action: onRead).buttonStyle(SecondaryButtonStyle())
            }
        }
        .tint(theme.primary)
    }
}

#if DEBUG && canImport(UIKit)
    #Preview("Register") { Gallery(Fixtures.register) { RegisterScreen(state: $0) { _ in } } }
#endif
