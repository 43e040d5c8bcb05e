import Presentation
import SwiftUI
import Words

/// Says that the app could not open what it keeps, and tries again.
public struct OpeningFailed: View {
    private let problem: Problem
    private let onRetry: @MainActor () -> Void

    public init(problem: Problem, onRetry: @escaping @MainActor () -> Void) {
        self.problem = problem
        self.onRetry = onRetry
    }

    public var body: some View {
        let language = WordsLanguage(rawValue: Locale.current.language.languageCode?.identifier ?? "") ?? .ru
        Branded(brand: .venue, words: language.words) {
            Page { ProblemNotice(problem: problem, retry: onRetry) }
        }
    }
}
