import Loyalty
import Words

extension Loyalty.Language {
    /// Every word of the screens in the language that the library words its amounts in.
    var words: any Words {
        switch self {
        case .russian: WordsLanguage.ru.words
        case .english: WordsLanguage.en.words
        }
    }
}
