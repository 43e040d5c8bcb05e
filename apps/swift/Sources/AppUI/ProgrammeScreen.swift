import Presentation
import SwiftUI
import Words

/// What the programme gives, where, and whom to ask.
struct ProgrammeScreen: View {
    let state: ProgrammeState
    let onAction: @MainActor (ProgrammeAction) -> Void
    @State private var showsNotices = false
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme

    var body: some View {
        SubPage(title: words.programme.title) {
            if state.offline {
                Notice(
                    symbol: "wifi.slash", text: words.programme.offline,
                    action: (words.action.retry, { onAction(.retry) })
                )
                .announced(words.programme.offline)
            }
            ProblemNotice(problem: state.offline ? nil : state.problem) { onAction(.retry) }
            if state.name == nil && state.wait.busy {
                Skeleton(label: words.progress.working) { RowBlocks() }
            }
            Working(wait: state.wait, text: words.progress.working)
            if let name = state.name { Text(name).font(Typeface.title).accessibilityAddTraits(.isHeader) }
            if let rules = state.rules {
                Heading(words.programme.rules)
                Text(rules).font(Typeface.body)
            }
            if !state.levels.isEmpty { levels }
            if !state.venues.isEmpty { venues }
            if let support = state.support {
                SupportCard(
                    support: support, onDial: { onAction(.dial(phone: $0)) },
                    onWrite: { onAction(.write(email: $0)) }, onOpen: { onAction(.open(url: $0)) })
            }
            licences
            Text(words.programme.version(version: state.version))
                .font(Typeface.caption).foregroundStyle(theme.textSoft)
        }
    }

    @ViewBuilder private var levels: some View {
        Heading(words.programme.levels)
        ForEach(state.levels, id: \.name) { level in
            Card {
                Row(name: level.name, value: level.from, isStrong: level.yours)
                if level.yours { Label(words.programme.yourLevel, systemImage: "checkmark").font(Typeface.note) }
                if let benefit = level.benefit {
                    Text(benefit).font(Typeface.note).foregroundStyle(theme.textSoft)
                }
            }
        }
    }

    @ViewBuilder private var venues: some View {
        Heading(words.programme.venues)
        ForEach(state.venues, id: \.name) { venue in
            Card {
                Text(venue.name).font(Typeface.emphasis)
                if let address = venue.address { Text(address).font(Typeface.note) }
                if let hours = venue.hours { Text(hours).font(Typeface.note).foregroundStyle(theme.textSoft) }
                if let phone = venue.phone, let dial = venue.dial {
                    Button { onAction(.dial(phone: dial)) } label: { Label(phone, systemImage: "phone") }
                        .buttonStyle(SecondaryButtonStyle())
                }
            }
        }
    }

    @ViewBuilder private var licences: some View {
        if !state.licences.isEmpty {
            Card {
                // There are more of them than of all else on the page, and few ask for them.
                DisclosureGroup(words.programme.licences) {
                    Text(words.programme.licencesHint)
                        .font(Typeface.note).foregroundStyle(theme.textSoft).frame(maxWidth: .infinity, alignment: .leading)
                    Button(words.programme.notices) { showsNotices = true }.buttonStyle(SecondaryButtonStyle())
                    ForEach(state.licences, id: \.component) { Row(name: $0.component, value: $0.licence) }
                }
                .font(Typeface.emphasis)
                .frame(minHeight: Space.target)
            }
            .sheet(isPresented: $showsNotices) { NoticesSheet { showsNotices = false } }
        }
    }
}

/// What the licences of the app's components say.
struct NoticesSheet: View {
    let onClose: @MainActor () -> Void
    @State private var texts: [NoticeText]?
    @Environment(\.notices) private var notices
    @Environment(\.words) private var words
    @Environment(\.theme) private var theme

    var body: some View {
        SheetPage(title: words.programme.notices, onClose: onClose) {
            if let texts {
                // A book: only what is in view is laid out.
                LazyVStack(alignment: .leading, spacing: Space.two) {
                    ForEach(Array(texts.enumerated()), id: \.offset) { text($0.element) }
                }
            } else {
                Skeleton(label: words.progress.working) { RowBlocks() }
            }
        }
        .task { texts = await Task.detached { [notices] in notices() }.value }
    }

    @ViewBuilder private func text(_ text: NoticeText) -> some View {
        // A hundred names may stand above one text.
        Text(text.of).font(Typeface.note).accessibilityAddTraits(.isHeader)
        ForEach(Array(text.paragraphs.enumerated()), id: \.offset) {
            Text($0.element).font(Typeface.caption).foregroundStyle(theme.textSoft)
        }
    }
}

/// Ways to reach somebody.
struct SupportCard: View {
    let support: SupportView
    let onDial: @MainActor (String) -> Void
    let onWrite: @MainActor (String) -> Void
    let onOpen: @MainActor (String) -> Void
    @Environment(\.words) private var words

    var body: some View {
        Card {
            Heading(words.programme.support)
            if let phone = support.phone, let dial = support.dial {
                Button { onDial(dial) } label: { Label(phone, systemImage: "phone") }
                    .buttonStyle(SecondaryButtonStyle())
                    .accessibilityHint(words.programme.call)
            }
            if let email = support.email {
                Button { onWrite(email) } label: { Label(email, systemImage: "envelope") }
                    .buttonStyle(SecondaryButtonStyle())
                    .accessibilityHint(words.programme.write)
            }
            if let url = support.url {
                Button { onOpen(url) } label: { Label(url, systemImage: "link") }.buttonStyle(SecondaryButtonStyle())
            }
        }
    }
}

/// Says that the restaurant has put the card on hold, and lets go who has another.
struct BlockedScreen: View {
    let support: SupportView?
    let onSignOut: @MainActor () -> Void
    let onOpen: @MainActor (String) -> Void
    @Environment(\.words) private var words

    var body: some View {
        Page {
            Nothing(symbol: "lock", title: words.blocked.title, hint: words.blocked.hint)
            if let support {
                SupportCard(
                    support: support, onDial: { onOpen("tel:" + $0) }, onWrite: { onOpen("mailto:" + $0) },
                    onOpen: onOpen)
            }
            Button(words.profile.signOut, action: onSignOut).buttonStyle(SecondaryButtonStyle())
        }
    }
}

/// Says that the app is too old.
struct OutdatedScreen: View {
    let onUpdate: @MainActor () -> Void
    @Environment(\.words) private var words

    var body: some View {
        Page {
            Nothing(symbol: "arrow.down.app", title: words.outdated.title, hint: words.outdated.hint)
            Button(words.outdated.update, action: onUpdate).buttonStyle(PrimaryButtonStyle())
        }
    }
}

#if DEBUG && canImport(UIKit)
    #Preview("Programme") { Gallery(Fixtures.programme) { ProgrammeScreen(state: $0) { _ in } } }
    #Preview("Blocked") { Gallery(Fixtures.blocked) { BlockedScreen(support: $0, onSignOut: {}) { _ in } } }
    #Preview("Outdated") { Gallery(Fixtures.outdated) { _ in OutdatedScreen {} } }
#endif
