#if DEBUG
    import Presentation
    import SwiftUI
    import Words

    /// Every state of a screen in both languages, for previews.
    struct Gallery<State: Sendable, Content: View>: View {
        private let fixtures: [Fixture<State>]
        private let content: (State) -> Content

        init(_ fixtures: [Fixture<State>], @ViewBuilder content: @escaping (State) -> Content) {
            self.fixtures = fixtures
            self.content = content
        }

        var body: some View {
            ScrollView(.horizontal) {
                HStack(spacing: Space.two) {
                    ForEach(WordsLanguage.allCases, id: \.self) { language in
                        ForEach(fixtures, id: \.name) { fixture in
                            VStack {
                                Text(verbatim: fixture.name).font(Typeface.caption)
                                Branded(brand: .venue, words: language.words) {
                                    NavigationStack { content(fixture.state(Sample(language))) }
                                }
                                .frame(width: 390, height: 844)
                            }
                        }
                    }
                }
            }
        }
    }
#endif
