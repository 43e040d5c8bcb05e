import Foundation
import Presentation
import SwiftUI
import Words

/// Hands a document over to whatever the guest chooses.
public struct ExportSheet: View {
    private let screens: PhoneScreens
    private let file: URL
    private let onClose: @MainActor () -> Void

    public init(screens: PhoneScreens, file: URL, onClose: @escaping @MainActor () -> Void) {
        self.screens = screens
        self.file = file
        self.onClose = onClose
    }

    public var body: some View {
        Branded(brand: .venue, words: screens.words) {
            SheetPage(title: screens.words.profile.export, onClose: onClose) {
                ShareLink(item: file) {
                    Label(screens.words.profile.export, systemImage: "square.and.arrow.up")
                }
                .buttonStyle(PrimaryButtonStyle())
            }
        }
        .preferredColorScheme(screens.preferences.theme.scheme)
        .presentationDetents([.medium])
    }
}
