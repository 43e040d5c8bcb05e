package app.loyalty.ui.phone

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Icon
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.loyalty.presenters.LevelRow
import app.loyalty.presenters.ProgrammeAction
import app.loyalty.presenters.ProgrammeState
import app.loyalty.presenters.SupportView
import app.loyalty.presenters.VenueView
import app.loyalty.ui.Button
import app.loyalty.ui.Chip
import app.loyalty.ui.Emphasis
import app.loyalty.ui.Heading
import app.loyalty.ui.Icons
import app.loyalty.ui.Link
import app.loyalty.ui.Loyalty
import app.loyalty.ui.Message
import app.loyalty.ui.Notice
import app.loyalty.ui.Page
import app.loyalty.ui.Panel
import app.loyalty.ui.Placeholder
import app.loyalty.ui.ProblemNotice
import app.loyalty.ui.RowLink
import app.loyalty.ui.Soft
import app.loyalty.ui.Tone
import app.loyalty.ui.Waiting

@Composable
fun ProgrammeScreen(state: ProgrammeState, onNotices: (() -> Unit)? = null, onAction: (ProgrammeAction) -> Unit) {
    val words = Loyalty.words
    Page(words.programme.title, onBack = { onAction(ProgrammeAction.Back) }) {
        val problem = state.problem
        val retry = { onAction(ProgrammeAction.Retry) }
        when {
            state.offline -> Notice(words.programme.offline, tone = Tone.OFFLINE, action = words.action.retry, onAction = retry)
            problem != null -> ProblemNotice(problem, onRetry = retry)
        }
        if (state.name == null && problem == null) {
            Waiting(state.wait, words.progress.working)
            repeat(3) { Placeholder(Modifier.fillMaxWidth().height(140.dp)) }
        }
        state.rules?.let { rules ->
            Panel {
                Heading(words.programme.rules, Modifier.padding(bottom = 8.dp))
                Text(rules, style = Loyalty.type.body, color = Loyalty.colours.text)
            }
        }
        if (state.levels.isNotEmpty()) Levels(state.levels)
        if (state.venues.isNotEmpty()) Venues(state.venues, onAction)
        state.support?.let { Panel(padding = PaddingValues(vertical = Loyalty.sizes.between)) { Support(it, onAction) } }
        Licences(state, onNotices)
    }
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Levels(levels: List<LevelRow>) {
    val words = Loyalty.words
    val colours = Loyalty.colours
    Panel {
        Heading(words.programme.levels)
        for (level in levels) {
            Column(Modifier.padding(top = 14.dp).semantics(mergeDescendants = true) {}) {
                FlowRow(horizontalArrangement = Arrangement.spacedBy(12.dp), itemVerticalAlignment = Alignment.CenterVertically) {
                    Text(level.name, style = Loyalty.type.strong, color = colours.text)
                    if (level.yours) Chip(words.programme.yourLevel, colours.accent, colours.onAccent)
                }
                for (line in listOfNotNull(level.from, level.benefit)) Soft(line)
            }
        }
    }
}

@Composable
private fun Venues(venues: List<VenueView>, onAction: (ProgrammeAction) -> Unit) {
    Panel(padding = PaddingValues(vertical = Loyalty.sizes.between)) {
        Heading(Loyalty.words.programme.venues, Modifier.padding(horizontal = Loyalty.sizes.inside))
        for (venue in venues) {
            val detail = listOfNotNull(venue.address, venue.hours, venue.phone).joinToString("\n")
            val dial = venue.dial
            if (dial != null) {
                RowLink(Icons.place, venue.name, { onAction(ProgrammeAction.Dial(dial)) }, detail = detail)
            } else {
                Row(
                    Modifier.padding(horizontal = Loyalty.sizes.inside, vertical = 10.dp),
                    horizontalArrangement = Arrangement.spacedBy(16.dp),
                    verticalAlignment = Alignment.CenterVertically,
                ) {
                    Icon(Icons.place, null, Modifier.size(Loyalty.sizes.icon), tint = Loyalty.colours.primary)
                    Column {
                        Text(venue.name, style = Loyalty.type.strong, color = Loyalty.colours.text)
                        Soft(detail)
                    }
                }
            }
        }
    }
}

@Composable
private fun Support(support: SupportView, onAction: (ProgrammeAction) -> Unit) {
    val words = Loyalty.words
    Heading(words.programme.support, Modifier.padding(horizontal = Loyalty.sizes.inside))
    val dial = support.dial
    if (dial != null) RowLink(Icons.call, words.programme.call, { onAction(ProgrammeAction.Dial(dial)) }, detail = support.phone)
    val email = support.email
    if (email != null) RowLink(Icons.mail, words.programme.write, { onAction(ProgrammeAction.Write(email)) }, detail = email)
    val url = support.url
    if (url != null) RowLink(Icons.chevron, url, { onAction(ProgrammeAction.Open(url)) })
}

@Composable
private fun Licences(state: ProgrammeState, onNotices: (() -> Unit)?) {
    val words = Loyalty.words
    Panel {
        Heading(words.programme.licences)
        Soft(words.programme.licencesHint)
        if (onNotices != null) Link(words.programme.notices, onNotices, flush = Alignment.Start)
        for (licence in state.licences) {
            Text(licence.component, Modifier.padding(top = 10.dp), style = Loyalty.type.body, color = Loyalty.colours.text)
            Soft(licence.licence)
        }
    }
    Soft(words.programme.version(state.version))
}

/** The account is blocked: only people can help, unless the guest has another. */
@Composable
fun BlockedScreen(support: SupportView?, onSignOut: () -> Unit, onAction: (ProgrammeAction) -> Unit) {
    val words = Loyalty.words
    Whole {
        Message(Icons.lock, words.blocked.title, words.blocked.hint) {
            val dial = support?.dial
            if (dial != null) {
                support.phone?.let { Text(it, style = Loyalty.type.heading, color = Loyalty.colours.text) }
                Button(words.programme.call, { onAction(ProgrammeAction.Dial(dial)) }, Modifier.fillMaxWidth(), icon = Icons.call)
            }
            val email = support?.email
            if (email != null) Button(words.programme.write, { onAction(ProgrammeAction.Write(email)) }, Modifier.fillMaxWidth(), emphasis = Emphasis.SOFT, icon = Icons.mail)
            Link(words.profile.signOut, onSignOut, Modifier.fillMaxWidth())
        }
    }
}

/** The app is too old for the server. */
@Composable
fun OutdatedScreen(onUpdate: () -> Unit) {
    val words = Loyalty.words
    Whole {
        Message(Icons.update, words.outdated.title, words.outdated.hint) {
            Button(words.outdated.update, onUpdate, Modifier.fillMaxWidth())
        }
    }
}

@Composable
private fun Whole(content: @Composable () -> Unit) {
    Box(Modifier.fillMaxSize().background(Loyalty.colours.background), contentAlignment = Alignment.Center) {
        Column(Modifier.verticalScroll(rememberScrollState())) { content() }
    }
}
