package app.loyalty.ui.phone

import androidx.compose.animation.AnimatedContent
import androidx.compose.animation.EnterTransition
import androidx.compose.animation.ExitTransition
import androidx.compose.animation.core.tween
import androidx.compose.animation.fadeIn
import androidx.compose.animation.fadeOut
import androidx.compose.animation.togetherWith
import androidx.compose.foundation.background
import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.SaveableStateHolder
import androidx.compose.runtime.saveable.rememberSaveableStateHolder
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.unit.dp
import app.loyalty.presenters.HistoryAction
import app.loyalty.presenters.PhoneAction
import app.loyalty.presenters.PhoneScreens
import app.loyalty.presenters.Presenter
import app.loyalty.presenters.Problem
import app.loyalty.presenters.ProfileAction
import app.loyalty.presenters.RegisterAction
import app.loyalty.presenters.Screen
import app.loyalty.presenters.Tab
import app.loyalty.presenters.ThemeChoice
import app.loyalty.ui.LocalClear
import app.loyalty.ui.Logo
import app.loyalty.ui.Look
import app.loyalty.ui.Loyalty
import app.loyalty.ui.LoyaltyTheme
import app.loyalty.ui.ProblemNotice
import app.loyalty.words.Brand
import app.loyalty.words.Language

/** What the program that shows the phone's screens lends them. */
class PhoneHost(
    val fonts: FontFamily,
    /** Whether the system asks for little motion. */
    val still: Boolean,
    /** Takes the system's way back while the first is true. */
    val back: @Composable (Boolean, () -> Unit) -> Unit,
    /** Opens the app's page in the store. */
    val onStore: () -> Unit,
    /** Keeps content clear of the system's bars, the keyboard and cut-outs. */
    val clear: Modifier = Modifier,
    /** As tall as what the system lays over the bottom of the screen. */
    val bottom: Modifier = Modifier,
    /** Opens what the system lets the guest choose about this app's notifications; `null` where nothing does. */
    val onSettings: (() -> Unit)? = null,
    /** Opens the texts of the licences; `null` where nobody has them. */
    val onNotices: (() -> Unit)? = null,
    /** Is composed as long as anything of the card is drawn. */
    val withCard: @Composable () -> Unit = {},
)

/** The whole app: the screen that the guest is on, in their language and theme. */
@Composable
fun PhoneRoot(screens: PhoneScreens, host: PhoneHost) {
    val preferences by screens.preferences.collectAsState()
    val open by screens.screens.collectAsState()
    val phone by screens.phone.state.collectAsState()
    val dark = preferences.theme.isDark()
    Branded(preferences.language, dark, host) {
        host.back(phone.canGoBack) { screens.on(PhoneAction.Back) }
        val holder = rememberSaveableStateHolder()
        val kept = remember { Kept(holder) }
        LaunchedEffect(open) { kept.forget(open) }
        Box(Modifier.fillMaxSize().background(Loyalty.colours.background)) {
            if (open.last().isPage) Box(Modifier.align(Alignment.BottomCenter).fillMaxWidth().background(Loyalty.colours.surface).then(host.bottom))
            AnimatedContent(
                open.last(),
                Modifier.fillMaxSize().then(host.clear),
                transitionSpec = {
                    if (host.still) EnterTransition.None togetherWith ExitTransition.None else fadeIn(tween(MOTION)) togetherWith fadeOut(tween(MOTION))
                },
                // Behind the bar pages change without motion.
                contentKey = { if (it.isPage) Tab.HOME else it },
            ) { screen ->
                if (screen.isPage) {
                    MainFrame(screen.tab, { screens.on(PhoneAction.Select(it)) }) { kept.Around(screen) { Shown(screen, screens, host) } }
                } else {
                    kept.Around(screen) { Shown(screen, screens, host) }
                }
            }
        }
    }
}

/** Says that the app could not open what it keeps, and tries again. */
@Composable
fun OpeningFailed(problem: Problem, language: Language, host: PhoneHost, onRetry: () -> Unit) {
    Branded(language, isSystemInDarkTheme(), host) {
        Box(Modifier.fillMaxSize().background(Loyalty.colours.background).then(host.clear), contentAlignment = Alignment.Center) {
            Box(Modifier.verticalScroll(rememberScrollState()).padding(Loyalty.sizes.edge)) { ProblemNotice(problem, onRetry = onRetry) }
        }
    }
}

/** The texts of the licences, over all that is open. */
@Composable
fun Notices(texts: List<NoticeText>?, theme: ThemeChoice, language: Language, host: PhoneHost, onBack: () -> Unit) {
    Branded(language, theme.isDark(), host) {
        host.back(true, onBack)
        Box(Modifier.fillMaxSize().background(Loyalty.colours.background).then(host.clear)) { NoticesScreen(texts, onBack) }
    }
}

/** What stands there until there is a session to show. */
@Composable
fun Opening(language: Language, host: PhoneHost) {
    Branded(language, isSystemInDarkTheme(), host) {
        Box(Modifier.fillMaxSize().background(Loyalty.colours.background).clearAndSetSemantics {}, contentAlignment = Alignment.Center) {
            Logo(Modifier.size(96.dp), Loyalty.colours.primary)
        }
    }
}

@Composable
private fun Branded(language: Language, dark: Boolean, host: PhoneHost, content: @Composable () -> Unit) {
    val look = remember(language, dark, host) { Look(Brand.VENUE, language, dark, host.fonts, still = host.still) }
    CompositionLocalProvider(LocalClear provides host.clear) { LoyaltyTheme(look, content) }
}

/** Whether it is dark to a guest who chose this. */
@Composable
fun ThemeChoice.isDark(): Boolean = when (this) {
    ThemeChoice.SYSTEM -> isSystemInDarkTheme()
    ThemeChoice.LIGHT -> false
    ThemeChoice.DARK -> true
}

@Composable
private fun Shown(screen: Screen, screens: PhoneScreens, host: PhoneHost) {
    when (screen) {
        is Screen.SignIn -> Presented(screen.presenter) { SignInScreen(it, screen.presenter::on) }
        is Screen.Code -> Presented(screen.presenter) { CodeScreen(it, screen.presenter::on) }
        is Screen.Register -> Presented(screen.presenter) { state ->
            host.back(state.reading != null) { screen.presenter.on(RegisterAction.StopReading) }
            RegisterScreen(state, screen.presenter::on)
        }
        is Screen.Home -> Presented(screen.presenter) { HomeScreen(it, screen.presenter::on) }
        is Screen.History -> Presented(screen.presenter) { state ->
            host.back(state.askingForReceipt) { screen.presenter.on(HistoryAction.MissingVisit(false)) }
            HistoryScreen(state, screen.presenter::on)
        }
        is Screen.Profile -> Presented(screen.presenter) { state ->
            val step = if (state.question != null) ProfileAction.Dismiss else ProfileAction.Leave
            host.back(state.question != null || state.draft != null) { screen.presenter.on(step) }
            ProfileScreen(state, host.onSettings, screen.presenter::on)
        }
        is Screen.Card -> Presented(screen.presenter) { state ->
            host.withCard()
            CardScreen(state, screen.presenter::on)
        }
        is Screen.Burns -> Presented(screen.presenter) { BurnScreen(it, host.onSettings, screen.presenter::on) }
        is Screen.Receipt -> Presented(screen.presenter) { ReceiptScreen(it, screen.presenter::on) }
        is Screen.Programme -> Presented(screen.presenter) { ProgrammeScreen(it, host.onNotices, screen.presenter::on) }
        is Screen.Blocked -> BlockedScreen(screen.support, screens::signOut, screens::contact)
        Screen.Outdated -> OutdatedScreen(host.onStore)
    }
}

@Composable
private fun <State : Any> Presented(presenter: Presenter<State, *, *>, content: @Composable (State) -> Unit) {
    val state by presenter.state.collectAsState()
    content(state)
}

private val Screen.isPage: Boolean get() = this is Screen.Home || this is Screen.History || this is Screen.Profile

private val Screen.tab: Tab
    get() = when (this) {
        is Screen.History -> Tab.HISTORY
        is Screen.Profile -> Tab.PROFILE
        else -> Tab.HOME
    }

/** Keeps where the guest had scrolled to while another screen lies over this one. */
private class Kept(private val holder: SaveableStateHolder) {
    private val numbers = mutableMapOf<Screen, Int>()
    private var next = 0

    @Composable
    fun Around(screen: Screen, content: @Composable () -> Unit) {
        // Of its own for each: one may still be fading away when another takes its place.
        val key: Any = if (screen.isPage) screen.tab.name else remember(screen) { numbers.getOrPut(screen) { next++ } }
        holder.SaveableStateProvider(key, content)
    }

    /** Lets go of what was kept for screens that were left: the next of their kind begin at their top. */
    fun forget(open: List<Screen>) {
        val left = numbers.filterKeys { it !in open }
        left.values.forEach(holder::removeState)
        numbers -= left.keys
        if (!open.first().isPage) for (tab in Tab.entries) holder.removeState(tab.name)
    }
}

/** How long a screen takes to give way to another, in milliseconds. */
private const val MOTION = 200
