package app.loyalty.android

import android.app.Application
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.ProcessLifecycleOwner
import app.loyalty.Loyalty
import app.loyalty.LoyaltyException
import app.loyalty.LoyaltyGuest
import app.loyalty.SecretStore
import app.loyalty.Settings
import app.loyalty.UnitWords
import app.loyalty.presenters.AppFacts
import app.loyalty.presenters.Licence
import app.loyalty.ui.phone.NoticeText
import app.loyalty.words.Brand
import app.loyalty.words.Language
import java.io.File
import java.time.Instant
import java.time.ZoneId
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.async
import kotlinx.coroutines.withContext

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
        val settings = settings()
        preferences = KeptPreferences(this)
        reminders = Reminders(this, ZoneId.of(settings.timeZone), preferences::language, preferences::notifyBurn, ::now)
        session = OneSession(scope, KeystoreSecretStore(File(noBackupFilesDir, "secrets"), keys())) { guest(settings, it) }
        opening = Opening(this, lifecycle())
    }

    /** What time it is. */
    protected open fun now(): Instant = Instant.now()

    /** How the process comes and goes. */
    protected open fun lifecycle(): Lifecycle = ProcessLifecycleOwner.get().lifecycle

    /** Opens the session of whoever holds this phone. */
    protected open suspend fun guest(settings: Settings, secrets: SecretStore): LoyaltyGuest = Loyalty.openGuest(settings, secrets)

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

    /**
     * Sets the alarms anew from what was planned, and then from what was last read. Where the session cannot be opened, the
     * former stand.
     */
    suspend fun renewReminders() {
        reminders.renew()
        val guest = try {
            session.open()
        } catch (_: LoyaltyException) {
            return
        }
        opening.lookAround()
        val wanted = preferences.read(reminders.denied(preferences.asked))
        guest.language = if (wanted.language == Language.RU) app.loyalty.Language.RUSSIAN else app.loyalty.Language.ENGLISH
        reminders.follow(guest)
    }

    /** What the licences of the app's components say. */
    suspend fun notices(): List<NoticeText> = withContext(Dispatchers.IO) {
        notices(assets.open("notices.txt").bufferedReader().use { it.readText() })
    }

    /** What the build knows of the app and the screens show. */
    suspend fun facts(): AppFacts = withContext(Dispatchers.IO) {
        val version = packageManager.getPackageInfo(packageName, 0).versionName.orEmpty()
        val licences = assets.open("licences.tsv").bufferedReader().useLines { lines ->
            lines.map { it.split('\t') }.filter { it.size == 2 }.map { (component, licence) -> Licence(component, licence) }.toList()
        }
        AppFacts(version, licences)
    }
}

/** The session, of which there may be only one over the same files. */
class OneSession(private val scope: CoroutineScope, val secrets: KeystoreSecretStore, private val opener: suspend (SecretStore) -> LoyaltyGuest) {
    private var opening: Deferred<LoyaltyGuest>? = null

    /** The session, once it is open. */
    var guest: LoyaltyGuest? = null
        private set

    /**
     * Opens it when it is first asked for, beside the main thread: a library has to be loaded, and a file to be opened. Who
     * asks and no longer waits does not end the opening, so that it is never open twice.
     *
     * @throws LoyaltyException when it cannot be opened; the next call tries again.
     */
    suspend fun open(): LoyaltyGuest {
        val begun = opening?.takeUnless { it.isCancelled }
            ?: scope.async { withContext(Dispatchers.IO) { opener(secrets) }.also { guest = it } }
        opening = begun
        return begun.await()
    }
}
