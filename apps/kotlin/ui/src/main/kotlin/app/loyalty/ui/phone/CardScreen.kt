package app.loyalty.ui.phone

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.text.BasicText
import androidx.compose.foundation.text.TextAutoSize
import androidx.compose.material3.Icon
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp
import app.loyalty.presenters.CardAction
import app.loyalty.presenters.CardCondition
import app.loyalty.presenters.CardState
import app.loyalty.presenters.CodeView
import app.loyalty.ui.Button
import app.loyalty.ui.Code
import app.loyalty.ui.Icons
import app.loyalty.ui.Loyalty
import app.loyalty.ui.Message
import app.loyalty.ui.Notice
import app.loyalty.ui.Page
import app.loyalty.ui.Placeholder
import app.loyalty.ui.ProblemNotice
import app.loyalty.ui.Ring
import app.loyalty.ui.Soft
import app.loyalty.ui.Tone
import app.loyalty.ui.Waiting

@Composable
fun CardScreen(state: CardState, onAction: (CardAction) -> Unit) {
    val words = Loyalty.words
    val again = { onAction(CardAction.NewCode) }
    Page(words.card.title, onBack = { onAction(CardAction.Close) }, bottom = {
        Waiting(state.wait, words.card.refreshing)
        when (state.condition) {
            CardCondition.OFFLINE, CardCondition.EXPIRED -> Button(words.card.refresh, again, Modifier.fillMaxWidth(), enabled = !state.wait.busy)
            CardCondition.NOTHING_KEPT -> Button(words.action.retry, again, Modifier.fillMaxWidth(), enabled = !state.wait.busy)
            else -> Unit
        }
    }) {
        when (state.condition) {
            CardCondition.VALID, CardCondition.OFFLINE -> state.code?.let { Shown(it, state) }
            CardCondition.EXPIRED -> Message(Icons.clock, words.card.expired, words.card.hint)
            CardCondition.TELL_NUMBER -> Tell(state, words.card.noneHint)
            CardCondition.NOTHING_KEPT -> Tell(state, words.card.offlineNone)
            CardCondition.LOADING -> Placeholder(Modifier.fillMaxWidth().height(420.dp))
            CardCondition.FAILED -> Unit
        }
        state.problem?.takeIf { state.condition == CardCondition.FAILED || state.condition == CardCondition.EXPIRED }?.let { ProblemNotice(it, onRetry = again.takeIf { state.condition == CardCondition.FAILED }) }
    }
}

@Composable
private fun Shown(code: CodeView, state: CardState) {
    val words = Loyalty.words
    if (state.condition == CardCondition.OFFLINE) Notice(words.card.offline, tone = Tone.OFFLINE)
    Soft(words.card.hint)
    // White in the dark theme too: a scanner reads black on white.
    Column(
        Modifier.fillMaxWidth().clip(Loyalty.sizes.card).background(Color.White).padding(24.dp),
        horizontalAlignment = Alignment.CenterHorizontally,
        verticalArrangement = Arrangement.spacedBy(20.dp),
    ) {
        Code(code.qr, words.card.qr, Modifier.widthIn(max = 260.dp).fillMaxWidth().aspectRatio(1f))
        Code(code.bars, words.card.barcode, Modifier.fillMaxWidth().height(72.dp))
        Box(Modifier.fillMaxWidth(), contentAlignment = Alignment.Center) {
            BasicText(
                code.groups,
                Modifier.semantics { contentDescription = words.card.digits(code.groups) },
                style = Loyalty.type.digits.copy(color = Color.Black, textAlign = TextAlign.Center),
                maxLines = 1,
                softWrap = false,
                autoSize = TextAutoSize.StepBased(minFontSize = 12.sp, maxFontSize = Loyalty.type.digits.fontSize, stepSize = 1.sp),
            )
        }
    }
    val left = state.expiresIn
    if (left != null) {
        Row(
            Modifier.fillMaxWidth().clearAndSetSemantics { contentDescription = words.card.expiresIn(left) },
            horizontalArrangement = Arrangement.spacedBy(12.dp, Alignment.CenterHorizontally),
            verticalAlignment = Alignment.CenterVertically,
        ) {
            Ring(state.permille ?: 1000, Modifier.size(32.dp))
            Text(words.card.expiresIn(left), Modifier.weight(1f, fill = false), style = Loyalty.type.strong, color = Loyalty.colours.text)
        }
    }
    Row(horizontalArrangement = Arrangement.spacedBy(10.dp), verticalAlignment = Alignment.CenterVertically) {
        Icon(Icons.sun, null, Modifier.size(Loyalty.sizes.drawing(20.dp)), tint = Loyalty.colours.textSoft)
        Soft(words.card.brightness)
    }
}

/** No code to show: the phone number does. */
@Composable
private fun Tell(state: CardState, hint: String) {
    Message(Icons.call, Loyalty.words.card.noneTitle, hint) {
        val phone = state.phone
        if (phone != null) {
            BasicText(
                phone,
                style = Loyalty.type.title.copy(color = Loyalty.colours.text),
                maxLines = 1,
                softWrap = false,
                autoSize = TextAutoSize.StepBased(minFontSize = 14.sp, maxFontSize = Loyalty.type.title.fontSize, stepSize = 1.sp),
            )
        }
    }
}
