package app.loyalty.android

import android.app.Application
import app.loyalty.Loyalty
import app.loyalty.LoyaltyException
import app.loyalty.LoyaltyGuest
import app.loyalty.Settings
import app.loyalty.UnitWords
import app.loyalty.presenters.AppFacts
import app.loyalty.presenters.Licence
import app.loyalty.words.Brand
import app.loyalty.words.Language
import java.io.File
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** The process: one session of the guest, which screens and reminders share. */
open class LoyaltyApp : Application() {
    /** Lives as long as the process. */
    val scope: CoroutineScope = MainScope()

    lateinit var preferences: KeptPreferences
        private set
    lateinit var reminders: Reminders
        private set

    lateinit var session: OneSession
        private set

    /** What stands behind the activity. */
    lateinit var opening: Opening
        private set

    override fun onCreate() {
        super.onCreate()
        preferences = KeptPreferences(this)
        reminders = Reminders(this)
        session = OneSession(settings(), KeystoreSecretStore(File(noBackupFilesDir, "secrets"), keys()))
        opening = Opening(this)
    }

    /** Where the key of the secrets comes from. */
    protected open fun keys(): KeySource = KeystoreKey("loyalty-secrets-1")

    /** The restaurant's gateway, and what is known of the restaurant before its programme was first read. */
    protected open fun settings(): Settings {
        val (russian, english) = Brand.VENUE.russianUnit to Brand.VENUE.englishUnit
        return Settings(
            gateway = getString(R.string.gateway),
            folder = File(noBackupFilesDir, "guest").path,
            unit = UnitWords(russian[0], russian[1], russian[2], russian[3], english[0], english[1]),
            timeZone = getString(R.string.time_zone),
        )
    }

    /** Sets the alarms anew from what was last read. Where the session cannot be opened, those that there are stay. */
    suspend fun renewReminders() {
        val guest = try {
            session.open()
        } catch (_: LoyaltyException) {
            return
        }
        val wanted = preferences.read(reminders.denied(preferences.asked))
        guest.language = if (wanted.language == Language.RU) app.loyalty.Language.RUSSIAN else app.loyalty.Language.ENGLISH
        reminders.keep(if (wanted.notifyBurn && !wanted.notificationsDenied) guest.reminders() else emptyList())
    }

    /** What the build knows of the app and the screens show. */
    fun facts(): AppFacts {
        val version = packageManager.getPackageInfo(packageName, 0).versionName.orEmpty()
        val licences = assets.open("licences.tsv").bufferedReader().useLines { lines ->
            lines.map { it.split('\t') }.filter { it.size == 2 }.map { (component, licence) -> Licence(component, licence) }.toList()
        }
        return AppFacts(version, licences)
    }
}

/** The session, of which there may be only one over the same files. */
class OneSession(private val settings: Settings, val secrets: KeystoreSecretStore) {
    private val opening = Mutex()

    /** The session, once it is open. */
    var guest: LoyaltyGuest? = null
        private set

    /**
     * Opens it when it is first asked for.
     *
     * @throws LoyaltyException when it cannot be opened; the next call tries again.
     */
    suspend fun open(): LoyaltyGuest = opening.withLock { guest ?: Loyalty.openGuest(settings, secrets).also { guest = it } }
}
