package app.loyalty.ui.phone

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.paneTitle
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.loyalty.ui.Loyalty
import app.loyalty.ui.PageTop
import app.loyalty.ui.Placeholder
import app.loyalty.ui.Soft

/**
 * The text of a licence.
 *
 * @property of the components that stand under it, as one line.
 */
data class NoticeText(val of: String, val paragraphs: List<String>)

/** What the licences of the app's components say. [texts] is `null` until they have been read. */
@Composable
fun NoticesScreen(texts: List<NoticeText>?, onBack: () -> Unit) {
    val title = Loyalty.words.programme.notices
    Column(Modifier.fillMaxSize().background(Loyalty.colours.background).semantics { paneTitle = title }) {
        PageTop(title, onBack)
        // A book: only what is in view is laid out.
        LazyColumn(
            Modifier.weight(1f).fillMaxWidth(),
            contentPadding = PaddingValues(horizontal = Loyalty.sizes.edge, vertical = 12.dp),
            verticalArrangement = Arrangement.spacedBy(10.dp),
        ) {
            if (texts == null) items(3) { Placeholder(Modifier.fillMaxWidth().height(140.dp)) }
            for (text in texts.orEmpty()) {
                item {
                    // A hundred names may stand above one text.
                    Text(text.of, Modifier.padding(top = 16.dp).semantics { heading() }, style = Loyalty.type.smallStrong, color = Loyalty.colours.text)
                }
                items(text.paragraphs) { Soft(it) }
            }
        }
    }
}
