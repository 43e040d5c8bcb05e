package app.loyalty.android

import android.content.Intent
import android.os.Bundle
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.SemanticsNodeInteraction
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isEnabled
import androidx.compose.ui.test.junit4.v2.createEmptyComposeRule
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextInput
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.LifecycleOwner
import androidx.lifecycle.LifecycleRegistry
import androidx.test.core.app.ApplicationProvider
import app.loyalty.LoyaltyGuest
import app.loyalty.SecretStore
import app.loyalty.Settings
import app.loyalty.presenters.Screen
import app.loyalty.surroundings.Surroundings
import app.loyalty.words.Russian
import app.loyalty.words.Words
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneId
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.job
import org.junit.After
import org.junit.Rule
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config

/** A key in memory, in the place of the Keystore's, that a test can take away. */
class KeyInMemory : KeySource {
    var key: SecretKey? = null
    var failure: (() -> Nothing)? = null

    override fun existing(): SecretKey? {
        failure?.invoke()
        return key
    }

    override fun create(): SecretKey = KeyGenerator.getInstance("AES").apply { init(256) }.generateKey().also { key = it }
}

/** A process of the system's, which a test brings to the front and sends away. */
private class Process : LifecycleOwner {
    override val lifecycle = LifecycleRegistry(this)
}

/** The real session, of which a test sees when its files are closed and opened, and can hold up the former. */
class WatchedGuest(private val real: LoyaltyGuest) : LoyaltyGuest by real {
    val steps = mutableListOf<String>()
    var held: CompletableDeferred<Unit>? = null

    override suspend fun pause() {
        steps += "closing"
        held?.await()
        real.pause()
        steps += "closed"
    }

    override suspend fun resume() {
        real.resume()
        steps += "opened"
    }
}

/** The app as it is shipped, but for the gateway's address, the key, the clock of its reminders and the process around it. */
class TestApp : LoyaltyApp() {
    val key = KeyInMemory()
    var time: () -> Instant = Instant::now

    /** What the guest's session has been through in this process. */
    val watched: WatchedGuest get() = session.guest as WatchedGuest
    private var process = Process()

    /** Where the library was loaded and the session opened. */
    @Volatile
    var openedOn: Thread? = null

    override fun keys(): KeySource = key

    override fun now(): Instant = time()

    override fun lifecycle(): Lifecycle = Process().also { process = it }.lifecycle

    override suspend fun guest(settings: Settings, secrets: SecretStore): LoyaltyGuest {
        openedOn = Thread.currentThread()
        return WatchedGuest(super.guest(settings, secrets))
    }

    /** The app comes to the front, or goes. */
    fun move(event: Lifecycle.Event) = process.lifecycle.handleLifecycleEvent(event)

    override fun settings(): Settings = super.settings().copy(gateway = stage.gateway, allowPlainHttp = true)

    /** Ends all that lives in the process, and begins anew over the same files, as the system does. */
    fun beginAnew() {
        scope.coroutineContext.job.cancelChildren()
        session.guest?.close()
        onCreate()
    }
}

/** What is around every phone of these tests. Ends with the process. */
internal val stage: Surroundings by lazy { Surroundings(today = LocalDate.now(ZoneId.of("Europe/Moscow")).toString()) }

/** A phone with the app on it, over the real core, a gateway and a loyalty server. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApp::class, qualifiers = "ru-rRU-w360dp-h780dp-xhdpi")
abstract class PhoneTest {
    @get:Rule
    val rule = createEmptyComposeRule()

    protected val app: TestApp get() = ApplicationProvider.getApplicationContext()
    protected var controller: ActivityController<MainActivity>? = null
    protected val activity: MainActivity get() = controller!!.get()
    protected open val words: Words = Russian

    /** What the guest is on, as the presenters have it. */
    protected val screens get() = (app.opening.state.value as OpeningState.Open).screens
    protected val shown: Screen? get() = (app.opening.state.value as? OpeningState.Open)?.screens?.screens?.value?.last()

    @After
    fun putAway() {
        leave()
        app.time = Instant::now
        app.beginAnew()
    }

    protected fun start(intent: Intent = Intent(Intent.ACTION_MAIN), saved: Bundle? = null) {
        val made = Robolectric.buildActivity(MainActivity::class.java, intent)
        controller = if (saved == null) made.setup() else made.setup(saved)
        app.move(Lifecycle.Event.ON_START)
    }

    /** The guest leaves the app. */
    protected fun leave() {
        controller?.run {
            get().finish()
            pause().stop().destroy()
        }
        app.move(Lifecycle.Event.ON_STOP)
        controller = null
    }

    /** Turns the phone: the system makes the activity anew. */
    protected fun rotate() {
        RuntimeEnvironment.setQualifiers(if (RuntimeEnvironment.getQualifiers().contains("-land")) "+port" else "+land")
        controller!!.configurationChange()
        controller!!.visible()
    }

    /** The system ends the process while the app is not on the screen, and starts another when the guest comes back. */
    protected fun die() {
        val saved = Bundle()
        controller!!.pause().stop().saveInstanceState(saved)
        app.move(Lifecycle.Event.ON_STOP)
        controller!!.destroy()
        app.beginAnew()
        start(saved = saved)
    }

    protected fun await(what: String, condition: () -> Boolean) = try {
        rule.waitUntil(PATIENCE) {
            // Nothing runs on this platform's main thread unless a test lets it.
            rule.waitForIdle()
            condition()
        }
    } catch (late: androidx.compose.ui.test.ComposeTimeoutException) {
        throw AssertionError("$what; instead there is ${shown?.described() ?: app.opening.state.value}", late)
    }

    private fun Screen.described(): String = javaClass.simpleName + when (this) {
        is Screen.SignIn -> presenter.state.value
        is Screen.Home -> presenter.state.value.copy(holdings = null)
        is Screen.Profile -> presenter.state.value
        else -> ""
    }

    protected fun await(matcher: SemanticsMatcher) = await(matcher.description) { rule.onAllNodes(matcher).fetchSemanticsNodes().isNotEmpty() }

    protected fun awaitText(text: String) = await(hasText(text))

    protected fun tap(text: String) {
        awaitText(text)
        val node = rule.onAllNodes(hasText(text)).onFirst()
        scrolledTo(node).performClick()
    }

    protected fun type(field: String, text: String) {
        // A form takes nothing while what stands above it is still being read.
        await(hasContentDescription(field) and isEnabled())
        rule.onNodeWithContentDescription(field).performTextInput(text)
    }

    private fun scrolledTo(node: SemanticsNodeInteraction): SemanticsNodeInteraction = try {
        node.performScrollTo()
    } catch (_: AssertionError) {
        // What stands still needs no scrolling.
        node
    }

    /** Asks for what is new; the button is not there while an earlier asking is under way. */
    protected fun refresh() {
        await(hasContentDescription(words.action.refresh))
        rule.onNodeWithContentDescription(words.action.refresh).performClick()
    }

    /** From the first screen to the one behind the code. */
    protected fun signIn(phone: String) {
        awaitText(words.signIn.title)
        type(words.signIn.phone, phone.removePrefix("+7"))
        tap(words.signIn.send)
        awaitText(words.code.title)
        type(words.code.digits, stage.code(phone))
    }

    /** The form of a newcomer, and on to the first page. */
    protected fun register(name: String) {
        type(words.register.name, name)
        tap(words.register.consentData)
        tap(words.register.submit)
        tap(words.register.doneButton)
    }

    /** A newcomer on the first page. */
    protected fun arrive(phone: String, name: String = "Анна") {
        start()
        signIn(phone)
        register(name)
        awaitText(words.home.cardButton)
    }

    protected companion object {
        /** Far more than anything takes, on the slowest of machines. */
        const val PATIENCE = 40_000L
    }
}
