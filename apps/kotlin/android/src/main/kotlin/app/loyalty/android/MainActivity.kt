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
import androidx.activity.result.contract.ActivityResultContracts.RequestPermission
import androidx.annotation.RequiresApi
import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.layout.WindowInsets
import androidx.compose.foundation.layout.navigationBars
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.foundation.layout.windowInsetsBottomHeight
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
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
import app.loyalty.presenters.Preferences
import app.loyalty.presenters.Screen
import app.loyalty.ui.phone.Opening
import app.loyalty.ui.phone.OpeningFailed
import app.loyalty.ui.phone.PhoneHost
import app.loyalty.ui.phone.PhoneRoot
import app.loyalty.ui.phone.isDark
import java.io.IOException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/** The only window: shows the screens, and does for them what only an activity can. */
class MainActivity : ComponentActivity() {
    private val app get() = application as LoyaltyApp
    private val words get() = app.preferences.language().words
    private val permission = registerForActivityResult(RequestPermission()) { app.opening.notificationsAnswered() }
    private val document = registerForActivityResult(CreateDocument("application/json"), ::save)

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
        val bottom = Modifier.windowInsetsBottomHeight(WindowInsets.navigationBars)
        val host = remember {
            val still = Settings.Global.getFloat(contentResolver, Settings.Global.ANIMATOR_DURATION_SCALE, 1f) == 0f
            PhoneHost(onest, still, { on, back -> BackHandler(on, back) }, ::openStore, Modifier.safeDrawingPadding(), bottom)
        }
        when (val now = state) {
            OpeningState.Opening -> Opening(app.preferences.language(), host)
            is OpeningState.Failed -> OpeningFailed(now.problem, app.preferences.language(), host) { app.opening.open(this, null) }
            is OpeningState.Open -> {
                Window(now.screens)
                PhoneRoot(now.screens, host)
            }
        }
    }

    /** What the window itself has to do with what it shows. */
    @Composable
    private fun Window(screens: PhoneScreens) {
        val preferences by screens.preferences.collectAsState()
        val open by screens.screens.collectAsState()
        val dark = preferences.theme.isDark()
        val card = open.last() is Screen.Card
        LaunchedEffect(dark, isSystemInDarkTheme()) {
            val bars = if (dark) SystemBarStyle.dark(Color.TRANSPARENT) else SystemBarStyle.light(Color.TRANSPARENT, Color.TRANSPARENT)
            enableEdgeToEdge(bars, bars)
        }
        LaunchedEffect(card) {
            // Whoever has a picture of the code is taken for the guest; and a scanner needs light.
            when {
                card -> window.addFlags(LayoutParams.FLAG_SECURE)
                Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU -> window.clearFlags(LayoutParams.FLAG_SECURE)
            }
            val brightness = if (card) LayoutParams.BRIGHTNESS_OVERRIDE_FULL else LayoutParams.BRIGHTNESS_OVERRIDE_NONE
            window.attributes = window.attributes.apply { screenBrightness = brightness }
        }
    }

    private fun perform(request: PhoneRequest) = when (request) {
        is PhoneRequest.Open -> open(request.url)
        is PhoneRequest.Share -> document.launch(EXPORT)
        is PhoneRequest.Prefer -> askFor(request.preferences)
    }

    /** Asks for the permission when the guest wants what needs it, and not before. */
    private fun askFor(wanted: Preferences) {
        val notify = wanted.notifyBurn && !wanted.notificationsDenied
        if (!notify) return
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU && checkSelfPermission(POST_NOTIFICATIONS) != PERMISSION_GRANTED) {
            permission.launch(POST_NOTIFICATIONS)
        } else {
            app.opening.lookAround()
        }
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

    private fun openStore() = open(getString(R.string.store_page))

    private fun save(place: Uri?) {
        val json = app.opening.exported ?: return
        app.opening.exported = null
        if (place == null) return
        lifecycleScope.launch {
            val saved = withContext(Dispatchers.IO) { write(place, json) }
            say(if (saved) words.profile.saved else words.problem.storage)
        }
    }

    private fun write(place: Uri, json: String): Boolean = try {
        checkNotNull(contentResolver.openOutputStream(place, "wt")).use { it.write(json.toByteArray()) }
        true
    } catch (_: IOException) {
        false
    }

    private fun say(text: String) = Toast.makeText(this, text, Toast.LENGTH_LONG).show()

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
