package app.loyalty.android

import android.app.LocaleManager
import android.content.Context
import android.content.SharedPreferences
import android.content.res.Resources
import android.os.Build
import android.os.LocaleList
import androidx.annotation.RequiresApi
import androidx.core.content.edit
import app.loyalty.presenters.Preferences
import app.loyalty.presenters.ThemeChoice
import app.loyalty.words.Language

/** Keeps a guest's preferences on this device. Nothing in them is personal. */
class KeptPreferences(private val context: Context) {
    private val kept: SharedPreferences = context.getSharedPreferences("preferences", Context.MODE_PRIVATE)

    /**
     * Whether the guest has decided for good about notifications. Until then the system says of a new app that it may not
     * notify, which is nobody's decision, and would ask the guest.
     */
    var asked: Boolean
        get() = kept.getBoolean(ASKED, false)
        set(value) = kept.edit { putBoolean(ASKED, value) }

    /** Whether the guest did not say yes when the system last asked about notifications: by a no, or by closing the question. */
    var putOff: Boolean
        get() = kept.getBoolean(PUT_OFF, false)
        set(value) = kept.edit { putBoolean(PUT_OFF, value) }

    /** Whether the guest wants to be reminded of what burns, as far as the system has answered to it. */
    var notifyBurn: Boolean
        get() = kept.getBoolean(BURN, false)
        set(value) = kept.edit { putBoolean(BURN, value) }

    /** What is kept; else the system's language if we speak it, and no notifications before the guest asks for them. */
    fun read(notificationsDenied: Boolean) = Preferences(
        language = language(),
        theme = ThemeChoice.entries.firstOrNull { it.name == kept.getString(THEME, null) } ?: ThemeChoice.SYSTEM,
        notifyBurn = notifyBurn,
        notificationsDenied = notificationsDenied,
    )

    /** Whether the system denies notifications is not kept: it is asked each time. */
    fun write(preferences: Preferences) {
        kept.edit {
            putString(THEME, preferences.theme.name)
            putBoolean(BURN, preferences.notifyBurn)
        }
        if (preferences.language == language()) return
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            tellSystem(preferences.language)
        } else {
            kept.edit { putString(LANGUAGE, preferences.language.code) }
        }
    }

    /** The language of this app: the system keeps it where it can, and lets the guest change it in its settings too. */
    fun language(): Language {
        val chosen = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) fromSystem() else kept.getString(LANGUAGE, null)
        return spoken(listOfNotNull(chosen)) ?: spoken(Resources.getSystem().configuration.locales.codes()) ?: Language.RU
    }

    @RequiresApi(Build.VERSION_CODES.TIRAMISU)
    private fun fromSystem(): String? = system().applicationLocales.codes().firstOrNull()

    @RequiresApi(Build.VERSION_CODES.TIRAMISU)
    private fun tellSystem(language: Language) {
        system().applicationLocales = LocaleList.forLanguageTags(language.code)
    }

    @RequiresApi(Build.VERSION_CODES.TIRAMISU)
    private fun system(): LocaleManager = checkNotNull(context.getSystemService(LocaleManager::class.java))

    private fun LocaleList.codes(): List<String> = List(size()) { get(it).language }

    private fun spoken(codes: List<String>): Language? =
        codes.firstNotNullOfOrNull { code -> Language.entries.firstOrNull { it.code == code } }

    private companion object {
        const val ASKED = "asked"
        const val PUT_OFF = "putOff"
        const val LANGUAGE = "language"
        const val THEME = "theme"
        const val BURN = "notifyBurn"
    }
}
