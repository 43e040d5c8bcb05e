package app.loyalty.android

import android.Manifest.permission.POST_NOTIFICATIONS
import android.content.ActivityNotFoundException
import android.content.Intent
import android.content.pm.PackageManager.PERMISSION_GRANTED
import android.graphics.Color
import android.net.Uri
import android.os.Build
import android.os.Bundle
import android.provider.Settings
import android.view.WindowManager.LayoutParams
import android.widget.Toast
import androidx.activity.ComponentActivity
import androidx.activity.SystemBarStyle
import androidx.activity.compose.BackHandler
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.activity.result.contract.ActivityResultContracts.CreateDocument
import androidx.activity.result.contract.ActivityResultContracts.RequestMultiplePermissions
import androidx.annotation.RequiresApi
import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.layout.WindowInsets
import androidx.compose.foundation.layout.navigationBars
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.foundation.layout.windowInsetsBottomHeight
import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.produceState
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.font.Font
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.lifecycleScope
import androidx.lifecycle.repeatOnLifecycle
import app.loyalty.presenters.Bookmark
import app.loyalty.presenters.DeepLink
import app.loyalty.presenters.PhoneRequest
import app.loyalty.presenters.PhoneScreens
import app.loyalty.presenters.Place
import app.loyalty.presenters.Preferences
import app.loyalty.ui.phone.NoticeText
import app.loyalty.ui.phone.Notices
import app.loyalty.ui.phone.Opening
import app.loyalty.ui.phone.OpeningFailed
import app.loyalty.ui.phone.PhoneHost
import app.loyalty.ui.phone.PhoneRoot
import app.loyalty.ui.phone.isDark
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/** The only window: shows the screens, and does for them what only an activity can. */
class MainActivity : ComponentActivity() {
    private val app get() = application as LoyaltyApp
    private val words get() = app.preferences.language().words
    private val permission = registerForActivityResult(RequestMultiplePermissions(), ::answered)
    private val document = registerForActivityResult(CreateDocument("application/json"), ::save)

    /** How many cards are drawn: one may still fade away while the next is there. */
    private var cards = 0

    override fun onCreate(savedInstanceState: Bundle?) {
        enableEdgeToEdge()
        super.onCreate(savedInstanceState)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) hideFromRecents() else window.addFlags(LayoutParams.FLAG_SECURE)
        // From the list of recent apps comes the intent that once began it, and nobody means that again.
        val again = intent.flags and Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY != 0
        if (savedInstanceState == null && !again) follow(intent)
        app.opening.open(this, savedInstanceState?.getBundle(BOOKMARK)?.let(::bookmark))
        setContent { Everything() }
        lifecycleScope.launch { repeatOnLifecycle(Lifecycle.State.STARTED) { app.opening.requests.collect(::perform) } }
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        follow(intent)
    }

    override fun onStart() {
        super.onStart()
        app.opening.lookAround()
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        val kept = Bundle()
        app.opening.bookmark?.toMap()?.forEach(kept::putString)
        outState.putBundle(BOOKMARK, kept)
    }

    override fun onDestroy() {
        if (isFinishing) app.opening.close(this)
        super.onDestroy()
    }

    private fun follow(intent: Intent) {
        if (intent.action == Intent.ACTION_VIEW) app.opening.follow(intent.dataString?.let(DeepLink::of))
    }

    private fun bookmark(kept: Bundle) = Bookmark.of(kept.keySet().associateWith { kept.getString(it).orEmpty() })

    @Composable
    private fun Everything() {
        val state by app.opening.state.collectAsState()
        var reading by rememberSaveable { mutableStateOf(false) }
        val bottom = Modifier.windowInsetsBottomHeight(WindowInsets.navigationBars)
        val host = remember {
            val still = Settings.Global.getFloat(contentResolver, Settings.Global.ANIMATOR_DURATION_SCALE, 1f) == 0f
            PhoneHost(
                onest, still, { on, back -> BackHandler(on, back) }, ::openStore, Modifier.safeDrawingPadding(), bottom,
                onSettings = ::openSettings, onNotices = { reading = true }, withCard = { Guarded() },
            )
        }
        when (val now = state) {
            OpeningState.Opening -> Opening(app.preferences.language(), host)
            is OpeningState.Failed -> OpeningFailed(now.problem, app.preferences.language(), host) { app.opening.open(this, null) }
            is OpeningState.Open -> {
                Window(now.screens)
                val places by now.screens.phone.state.collectAsState()
                // Whatever else leads away from the programme leads away from its texts too.
                if (reading && places.place == Place.Programme) Texts(now.screens, host) { reading = false } else PhoneRoot(now.screens, host)
                if (places.place != Place.Programme) LaunchedEffect(places) { reading = false }
            }
        }
    }

    @Composable
    private fun Texts(screens: PhoneScreens, host: PhoneHost, onBack: () -> Unit) {
        val preferences by screens.preferences.collectAsState()
        val texts by produceState<List<NoticeText>?>(null) { value = app.notices() }
        Notices(texts, preferences.theme, preferences.language, host, onBack)
    }

    /** What the window itself has to do with what it shows. */
    @Composable
    private fun Window(screens: PhoneScreens) {
        val preferences by screens.preferences.collectAsState()
        val dark = preferences.theme.isDark()
        LaunchedEffect(dark, isSystemInDarkTheme()) {
            val bars = if (dark) SystemBarStyle.dark(Color.TRANSPARENT) else SystemBarStyle.light(Color.TRANSPARENT, Color.TRANSPARENT)
            enableEdgeToEdge(bars, bars)
        }
    }

    /** As long as anything of the card is drawn: whoever has a picture of its code is taken for the guest; and a scanner needs light. */
    @Composable
    private fun Guarded() = DisposableEffect(Unit) {
        guard(cards + 1)
        onDispose { guard(cards - 1) }
    }

    private fun guard(now: Int) {
        cards = now
        when {
            now > 0 -> window.addFlags(LayoutParams.FLAG_SECURE)
            Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU -> window.clearFlags(LayoutParams.FLAG_SECURE)
        }
        val brightness = if (now > 0) LayoutParams.BRIGHTNESS_OVERRIDE_FULL else LayoutParams.BRIGHTNESS_OVERRIDE_NONE
        window.attributes = window.attributes.apply { screenBrightness = brightness }
    }

    private fun perform(request: PhoneRequest) = when (request) {
        is PhoneRequest.Open -> open(request.url)
        is PhoneRequest.Share -> choosePlace()
        is PhoneRequest.Prefer -> askFor(request.preferences)
    }

    /** Asks for the permission when the guest wants what needs it, and not before. */
    private fun askFor(wanted: Preferences) {
        val notify = wanted.notifyBurn && !wanted.notificationsDenied
        if (!notify) return
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU && checkSelfPermission(POST_NOTIFICATIONS) != PERMISSION_GRANTED) {
            permission.launch(arrayOf(POST_NOTIFICATIONS))
        } else {
            app.opening.lookAround()
        }
    }

    private fun answered(answers: Map<String, Boolean>) {
        val allowed = answers[POST_NOTIFICATIONS]
        // Without an answer the question was interrupted. Whoever has refused twice is never asked again, and there is nothing
        // to explain to them any more; nor is there to somebody who has only closed the question. So the first time counts as
        // the latter.
        val askable = when (allowed) {
            null -> true
            true -> false
            false -> shouldShowRequestPermissionRationale(POST_NOTIFICATIONS) || !app.preferences.putOff
        }
        if (allowed != null) app.preferences.putOff = !allowed
        app.opening.notificationsAnswered(askable)
    }

    private fun choosePlace() = try {
        document.launch(EXPORT)
    } catch (_: ActivityNotFoundException) {
        app.opening.exported = null
        say(words.problem.title)
    }

    private fun open(url: String) {
        val address = Uri.parse(url)
        val action = when (address.scheme?.lowercase()) {
            "tel" -> Intent.ACTION_DIAL
            "mailto" -> Intent.ACTION_SENDTO
            else -> Intent.ACTION_VIEW
        }
        try {
            startActivity(Intent(action, address))
        } catch (_: ActivityNotFoundException) {
            say(words.problem.title)
        }
    }

    private fun openSettings() = try {
        startActivity(Intent(Settings.ACTION_APP_NOTIFICATION_SETTINGS).putExtra(Settings.EXTRA_APP_PACKAGE, packageName))
    } catch (_: ActivityNotFoundException) {
        say(words.problem.title)
    }

    private fun openStore() = open(getString(R.string.store_page))

    private fun save(place: Uri?) {
        val json = app.opening.exported
        app.opening.exported = null
        if (place == null) return
        val export = Export(app.contentResolver)
        // The document is written to its end even if the phone is turned meanwhile.
        app.scope.launch {
            val saved = withContext(Dispatchers.IO) {
                // The process in which the guest asked has ended meanwhile, and what they asked for was kept nowhere.
                if (json != null) export.write(place, json) else false.also { export.remove(place) }
            }
            say(if (saved) words.profile.saved else words.problem.storage)
        }
    }

    private fun say(text: String) = Toast.makeText(app, text, Toast.LENGTH_LONG).show()

    /** What the guest holds is nobody's business who leafs through the running apps. */
    @RequiresApi(Build.VERSION_CODES.TIRAMISU)
    private fun hideFromRecents() = setRecentsScreenshotEnabled(false)

    private companion object {
        const val BOOKMARK = "bookmark"
        const val EXPORT = "loyalty.json"
    }
}

private val onest = FontFamily(
    Font(R.font.onest_regular, FontWeight.Normal),
    Font(R.font.onest_medium, FontWeight.Medium),
    Font(R.font.onest_bold, FontWeight.Bold),
)
