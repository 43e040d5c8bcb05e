package app.loyalty.kiosk

import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.runtime.withFrameNanos
import androidx.compose.ui.ExperimentalComposeUiApi
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.platform.Font
import androidx.compose.ui.unit.DpSize
import androidx.compose.ui.unit.dp
import androidx.compose.ui.window.LocalWindowExceptionHandlerFactory
import androidx.compose.ui.window.Window
import androidx.compose.ui.window.WindowExceptionHandler
import androidx.compose.ui.window.WindowExceptionHandlerFactory
import androidx.compose.ui.window.WindowPlacement
import androidx.compose.ui.window.application
import androidx.compose.ui.window.rememberWindowState
import app.loyalty.LoyaltyKiosk
import app.loyalty.presenters.kiosk.KioskAction
import app.loyalty.presenters.kiosk.KioskState
import app.loyalty.presenters.kiosk.Stage
import app.loyalty.ui.Look
import app.loyalty.ui.LoyaltyTheme
import app.loyalty.ui.kiosk.KioskScreen
import app.loyalty.words.Brand
import java.awt.KeyboardFocusManager
import java.awt.Point
import java.awt.Toolkit
import java.awt.event.InputEvent
import java.awt.event.WindowAdapter
import java.awt.event.WindowEvent
import java.awt.image.BufferedImage
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.plus

/** Opens the window and keeps it open; returns when it is closed, which [lockedDown] forbids. */
internal fun show(configuration: Configuration, opening: Opening, lockedDown: Boolean, wide: Boolean) {
    val guard = CrashGuard()
    guard.watchThreads()
    val manager = ServiceManager()
    if (lockedDown) swallowShortcuts()
    application(exitProcessOnExit = false) {
        val round by guard.round.collectAsState()
        val crash by guard.crash.collectAsState()
        androidx.compose.runtime.key(round) {
            val scope = remember { MainScope() + guard.ofCoroutines }
            // What an earlier round has begun must not go on under the next.
            DisposableEffect(Unit) { onDispose { scope.cancel() } }
            KioskWindow(lockedDown, wide, guard, onClose = ::exitApplication) { keys ->
                val id = crash
                if (id != null) Fallen(configuration, opening.now(), id, guard, scope) else Running(configuration, opening, manager, scope, guard, keys)
            }
        }
    }
    opening.now()?.close()
}

@Composable
private fun Running(configuration: Configuration, opening: Opening, manager: ServiceManager, scope: CoroutineScope, guard: CrashGuard, keys: Keyboard) {
    var kiosk by remember { mutableStateOf<Kiosk?>(null) }
    // What is touched before the core is there is done as soon as it is.
    val early = remember { ArrayDeque<KioskAction>() }
    val resting = remember { MutableStateFlow(KioskState(configuration.language, Stage.Attract)) }
    val state by (kiosk?.state ?: resting).collectAsState()
    val act = remember { { action: KioskAction -> kiosk?.on(action) ?: early.addLast(action) } }
    keys.target = act
    LaunchedEffect(Unit) {
        withFrameNanos {}
        System.err.println("kiosk: first frame after ${System.currentTimeMillis() - startedAt()} ms")
        val opened = Kiosk(configuration, opening.await(), scope, onRestart = guard::restart)
        kiosk = opened
        early.forEach(opened::on)
        early.clear()
        manager.ready()
        // From the thread that draws, after it has drawn: if it hangs, or no picture gets out any more, nothing is sent, and
        // we are started anew.
        val every = manager.pingEvery ?: return@LaunchedEffect
        while (true) {
            withFrameNanos {}
            manager.ping()
            delay(every)
        }
    }
    LaunchedEffect(state.visit) { keys.forget() }
    Themed(configuration, state) { KioskScreen(state, act) }
}

/** After a crash: nothing of the guest, a number for support, and a new start in a moment. */
@Composable
private fun Fallen(configuration: Configuration, session: LoyaltyKiosk?, id: String, guard: CrashGuard, scope: CoroutineScope) {
    val state = KioskState(configuration.language, Stage.Outage(id))
    LaunchedEffect(id) {
        // Whoever was there is gone for us. The gateway may take its time to hear of it.
        session?.let { scope.launch { forget(it) } }
        withFrameNanos {}
        System.err.println("kiosk: $id is on the screen")
        delay(CrashGuard.PAUSE)
        guard.restart()
    }
    Themed(configuration, state) { KioskScreen(state) {} }
}

@Composable
private fun Themed(configuration: Configuration, state: KioskState, content: @Composable () -> Unit) {
    val fonts = remember { typeface() }
    LoyaltyTheme(Look(Brand.VENUE, state.language, configuration.dark, fonts, kiosk = true), content)
}

@OptIn(ExperimentalComposeUiApi::class)
@Composable
private fun KioskWindow(lockedDown: Boolean, wide: Boolean, guard: CrashGuard, onClose: () -> Unit, content: @Composable (Keyboard) -> Unit) {
    val size = if (wide) DpSize(1920.dp, 1080.dp) else DpSize(1080.dp, 1920.dp)
    val window = rememberWindowState(placement = if (lockedDown) WindowPlacement.Fullscreen else WindowPlacement.Floating, size = size)
    val keys = remember { Keyboard() }
    CompositionLocalProvider(
        LocalWindowExceptionHandlerFactory provides WindowExceptionHandlerFactory { WindowExceptionHandler(guard::caught) },
    ) {
        Window(
            onCloseRequest = { if (!lockedDown) onClose() },
            state = window,
            title = Brand.VENUE.englishName,
            undecorated = lockedDown,
            resizable = !lockedDown,
            alwaysOnTop = lockedDown,
            onPreviewKeyEvent = keys::pressed,
            onKeyEvent = keys::left,
        ) {
            if (lockedDown) LaunchedEffect(Unit) { this@Window.window.cursor = invisible() }
            DisposableEffect(Unit) {
                val away = object : WindowAdapter() {
                    override fun windowLostFocus(event: WindowEvent) = keys.away()
                }
                this@Window.window.addWindowFocusListener(away)
                onDispose { this@Window.window.removeWindowFocusListener(away) }
            }
            content(keys)
        }
    }
}

/** Shortcuts that would lead out of the program or beneath it. */
private fun swallowShortcuts() {
    KeyboardFocusManager.getCurrentKeyboardFocusManager().addKeyEventDispatcher { event ->
        val modified = event.modifiersEx and (InputEvent.ALT_DOWN_MASK or InputEvent.CTRL_DOWN_MASK or InputEvent.META_DOWN_MASK) != 0
        val reserved = event.keyCode in FUNCTION_KEYS || event.keyCode == java.awt.event.KeyEvent.VK_WINDOWS || event.keyCode == java.awt.event.KeyEvent.VK_CONTEXT_MENU
        // What was pressed before a modifier was has to be seen to be let go, or it could not be pressed again.
        modified && event.id != java.awt.event.KeyEvent.KEY_RELEASED || reserved
    }
}

private val FUNCTION_KEYS = java.awt.event.KeyEvent.VK_F1..java.awt.event.KeyEvent.VK_F12

private fun invisible() = Toolkit.getDefaultToolkit().createCustomCursor(BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB), Point(), "none")

internal fun typeface(): FontFamily = FontFamily(
    listOf("Regular" to FontWeight.Normal, "Medium" to FontWeight.Medium, "Bold" to FontWeight.Bold).map { (name, weight) ->
        val path = "typeface/Onest-$name.ttf"
        val bytes = checkNotNull(Look::class.java.getResourceAsStream("/$path")) { path }.use { it.readBytes() }
        Font(path, bytes, weight)
    },
)

/** When the process began, to tell how long a guest waits for the first picture. */
private fun startedAt(): Long = ProcessHandle.current().info().startInstant().map { it.toEpochMilli() }.orElse(System.currentTimeMillis())
