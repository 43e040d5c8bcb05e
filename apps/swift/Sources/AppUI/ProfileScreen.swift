import Presentation
import SwiftUI
import Words

/// The guest's own page, as the system's settings are laid out.
struct ProfileScreen: View {
    let state: ProfileState
    let onAction: @MainActor (ProfileAction) -> Void
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme

    var body: some View {
        Form {
            Group {
                if hasNews { news }
                ProfileData(state: state, onAction: onAction)
                Appearance(preferences: state.preferences) { onAction(.prefer(preferences: $0)) }
                Notifications(preferences: state.preferences) { onAction(.prefer(preferences: $0)) }
                Consents(consents: state.consents, onAction: onAction)
                rest
            }
            .listRowBackground(theme.surface)
        }
        .font(Typeface.body)
        .scrollContentBackground(.hidden)
        .background(theme.background)
        .scrollDismissesKeyboard(.interactively)
        .navigationTitle(words.profile.title)
        .navigationBarTitleDisplayMode(.large)
        .confirmationDialog(
            state.question.map(title) ?? "",
            isPresented: Binding(state.question != nil) { if !$0 { onAction(.dismiss) } },
            titleVisibility: .visible
        ) {
            if let question = state.question {
                Button(answer(question), role: question == .unsaved ? nil : .destructive) { onAction(.confirm) }
                if question == .unsaved {
                    Button(words.profile.discard, role: .destructive) { onAction(.discard) }
                }
            }
            Button(words.action.cancel, role: .cancel) { onAction(.dismiss) }
        } message: {
            Text(state.question.map(hint) ?? "")
        }
    }

    private var hasNews: Bool {
        state.saved || state.problem != nil || (state.draft == nil && state.wait.showsProgress)
    }

    private var news: some View {
        Section {
            if state.saved { Label(words.profile.saved, systemImage: "checkmark").announced(words.profile.saved) }
            ProblemNotice(problem: state.problem)
            // What is being saved says so on its own button.
            if state.draft == nil { Working(wait: state.wait, text: words.progress.working) }
        }
    }

    private var rest: some View {
        Section {
            Button(words.profile.programme) { onAction(.openProgramme) }
            Button(words.profile.export) { onAction(.export) }
            Button(words.profile.signOut) { onAction(.ask(question: .signOut)) }
            Button(words.profile.delete, role: .destructive) { onAction(.ask(question: .delete)) }
        }
        .disabled(state.wait.busy)
    }

    private func title(_ question: ProfileQuestion) -> String {
        switch question {
        case .unsaved: words.profile.unsavedTitle
        case .signOut: words.profile.signOutTitle
        case .delete: words.profile.deleteTitle
        case .withdrawData, .withdrawAds: words.profile.withdrawTitle
        }
    }

    private func hint(_ question: ProfileQuestion) -> String {
        switch question {
        case .unsaved: words.profile.unsavedHint
        case .signOut: words.profile.signOutHint
        case .delete: words.profile.deleteHint
        case .withdrawData: words.profile.withdrawDataHint
        case .withdrawAds: words.profile.withdrawAdsHint
        }
    }

    private func answer(_ question: ProfileQuestion) -> String {
        switch question {
        case .unsaved: words.action.save
        case .signOut: words.profile.signOut
        case .delete: words.profile.delete
        case .withdrawData, .withdrawAds: words.profile.withdraw
        }
    }
}

/// Name, birthday and address: to read, or to change.
private struct ProfileData: View {
    let state: ProfileState
    let onAction: @MainActor (ProfileAction) -> Void
    @Environment(\.words) private var words

    var body: some View {
        Section(words.profile.data) {
            if let phone = state.phone { Row(name: words.profile.phone, value: phone) }
            if let draft = state.draft { fields(draft) } else { kept }
        }
        .privacySensitive()
    }

    @ViewBuilder private var kept: some View {
        Row(name: words.register.name, value: state.form.name)
        if !state.form.birthday.isEmpty { Row(name: words.register.birthday, value: state.form.birthday) }
        if !state.form.email.isEmpty { Row(name: words.register.email, value: state.form.email) }
        Button(words.profile.edit) { onAction(.edit) }
    }

    @ViewBuilder private func fields(_ draft: ProfileForm) -> some View {
        Field(
            label: words.register.name, error: state.nameError?.aboutName(words),
            text: text(draft, \.name)
        )
        .textContentType(.givenName)
        Field(
            label: words.register.birthday, hint: words.register.birthdayHint,
            error: state.birthdayError?.aboutBirthday(words), text: text(draft, \.birthday)
        )
        .keyboardType(.numberPad)
        Field(
            label: words.register.email, hint: words.register.emailHint, error: state.emailError?.aboutEmail(words),
            text: text(draft, \.email)
        )
        .textContentType(.emailAddress)
        .keyboardType(.emailAddress)
        .textInputAutocapitalization(.never)
        .autocorrectionDisabled()
        WorkButton(title: words.action.save, working: words.profile.saving, wait: state.wait) { onAction(.save) }
        // Several buttons in one row of a form would all be pressed at once.
        Button(words.action.cancel) { onAction(.leave) }.buttonStyle(SecondaryButtonStyle())
    }

    private func text(
        _ draft: ProfileForm, _ field: WritableKeyPath<ProfileForm, String> & Sendable
    ) -> Binding<String> {
        Binding(draft[keyPath: field]) {
            var changed = draft
            changed[keyPath: field] = $0
            onAction(.draft(form: changed))
        }
    }
}

/// Language and theme.
private struct Appearance: View {
    let preferences: Preferences
    let onPrefer: @MainActor (Preferences) -> Void
    @Environment(\.words) private var words

    var body: some View {
        Section(words.profile.appearance) {
            Picker(
                words.languages.choose,
                selection: Binding(preferences.language) { choose($0, \.language) }
            ) {
                ForEach(WordsLanguage.allCases, id: \.self) { Text($0.words.languages.name).tag($0) }
            }
            Picker(words.profile.theme, selection: Binding(preferences.theme) { choose($0, \.theme) }) {
                Text(words.profile.themeSystem).tag(ThemeChoice.system)
                Text(words.profile.themeLight).tag(ThemeChoice.light)
                Text(words.profile.themeDark).tag(ThemeChoice.dark)
            }
        }
        .pickerStyle(.menu)
    }

    private func choose<Value>(_ value: Value, _ field: WritableKeyPath<Preferences, Value>) {
        var changed = preferences
        changed[keyPath: field] = value
        onPrefer(changed)
    }
}

/// What the guest wants to be told.
private struct Notifications: View {
    let preferences: Preferences
    let onPrefer: @MainActor (Preferences) -> Void
    @Environment(\.words) private var words

    var body: some View {
        Section(words.profile.notifications) {
            if preferences.notificationsDenied { Label(words.profile.notificationsDenied, systemImage: "bell.slash") }
            // Nothing tells this app of an operation while it is closed, so it offers no switch that would promise it.
            Toggle(words.profile.notifyBurn, isOn: Binding(isReminded, onChange: remind))
                .disabled(preferences.notificationsDenied)
            if preferences.notificationsDenied { SettingsButton() }
        }
    }

    private var isReminded: Bool { preferences.notifyBurn && !preferences.notificationsDenied }

    private func remind(_ wanted: Bool) {
        var changed = preferences
        changed.notifyBurn = wanted
        onPrefer(changed)
    }
}

/// What the guest has agreed to, and the way out of it.
private struct Consents: View {
    let consents: [ConsentStatus]
    let onAction: @MainActor (ProfileAction) -> Void
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme

    var body: some View {
        if !consents.isEmpty {
            Section(words.profile.consents) {
                ForEach(consents, id: \.required) { consent in
                    VStack(alignment: .leading, spacing: Space.half) {
                        Text(name(consent))
                        Text(consent.dated ?? words.profile.consentNotGiven)
                            .font(Typeface.caption).foregroundStyle(theme.textSoft)
                        decision(consent)
                    }
                }
            }
        }
    }

    private func name(_ consent: ConsentStatus) -> String {
        consent.required ? words.profile.consentData : words.profile.consentAds
    }

    @ViewBuilder private func decision(_ consent: ConsentStatus) -> some View {
        if consent.given {
            Button(words.profile.withdraw, role: .destructive) {
                onAction(.ask(question: consent.required ? .withdrawData : .withdrawAds))
            }
            .buttonStyle(SecondaryButtonStyle())
            // Two buttons of one name: which consent it is has to be heard.
            .accessibilityHint(name(consent))
        } else if !consent.required {
            Button(words.profile.give) { onAction(.giveAds) }
                .buttonStyle(SecondaryButtonStyle())
                .accessibilityHint(name(consent))
        }
    }
}

#if DEBUG && canImport(UIKit)
    #Preview("Profile") { Gallery(Fixtures.profile) { ProfileScreen(state: $0) { _ in } } }
#endif
