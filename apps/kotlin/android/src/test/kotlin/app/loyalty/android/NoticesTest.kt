package app.loyalty.android

import android.provider.Settings
import androidx.compose.ui.test.hasScrollToIndexAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.performScrollToNode
import app.loyalty.presenters.PhoneAction
import app.loyalty.presenters.Place
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Shadows.shadowOf

/** The texts of the licences, as the build writes them and a guest reads them; and the way to the system's settings. */
class NoticesTest : RemindedPhone() {
    private val table by lazy { app.assets.open("licences.tsv").bufferedReader().readLines().map { it.split('\t') } }
    private val texts by lazy { notices(app.assets.open("notices.txt").bufferedReader().readText()) }

    @Test
    fun `every component that is licensed has the text of its licence`() {
        assertTrue(table.size > 100)
        val owners = texts.joinToString(", ") { it.of }.split(", ").toSet() + texts.map { it.of }
        assertEquals(emptyList<String>(), table.filter { (_, licence) -> licence != "Public domain" }.map { it.first() }.filter { it !in owners && owners.none { owner -> owner == it.substringBefore(", ") } })
        for (text in texts) assertTrue(text.of, text.paragraphs.sumOf(String::length) > 100)
        for (name in listOf("Apache License", "Mozilla Public License", "SIL OPEN FONT LICENSE")) assertTrue(name, texts.any { text -> text.paragraphs.any { name in it } })
    }

    @Test
    fun `a text keeps its paragraphs and the lines that ended early, and flows otherwise`() {
        val asset = "a 1, b 2\n\nMIT License\nCopyright A\n\n${"word ".repeat(15)}\nand on.\n\n${"-".repeat(80)}\n\nc 3\n\n  one\n\n\n  two\n"
        assertEquals(listOf("a 1, b 2", "c 3"), notices(asset).map { it.of })
        assertEquals(listOf("MIT License\nCopyright A", "${"word ".repeat(15).trim()} and on."), notices(asset)[0].paragraphs.map { it.replace("  ", " ") })
        assertEquals(listOf("one", "two"), notices(asset)[1].paragraphs)
    }

    @Test
    fun `the guest reads them to the last, on a turned phone too, and finds the way back`() {
        arrive("+79161110120")
        tap(words.profile.title)
        tap(words.profile.programme)
        tap(words.programme.notices)
        awaitText(texts.first().of)
        assertTrue("what is out of view is not laid out", rule.onAllNodes(hasText(texts.last().of)).fetchSemanticsNodes().isEmpty())
        rule.onNode(hasScrollToIndexAction()).performScrollToNode(hasText(texts.last().of))
        awaitText(texts.last().of)
        rotate()
        await("still reading") { rule.onAllNodes(hasText(words.programme.notices)).fetchSemanticsNodes().isNotEmpty() && rule.onAllNodes(hasText(words.programme.licences)).fetchSemanticsNodes().isEmpty() }
        rule.runOnIdle { activity.onBackPressedDispatcher.onBackPressed() }
        awaitText(words.programme.licences)
        tap(words.programme.notices)
        rule.runOnIdle { screens.on(PhoneAction.Go(Place.Card)) }
        await("the card") { rule.onAllNodes(hasText(words.programme.notices)).fetchSemanticsNodes().isEmpty() }
    }

    @Test
    fun `who has refused for good finds the way to the system's settings, where they asked and on their own page`() {
        arrive("+79161110121")
        openBurns()
        tap(words.burn.reminder)
        refuseForGood()
        for (leave in listOf({ screens.on(PhoneAction.Back); tap(words.profile.title) }, {})) {
            tap(words.profile.openSettings)
            val asked = shadowOf(activity).nextStartedActivity
            assertEquals(Settings.ACTION_APP_NOTIFICATION_SETTINGS, asked.action)
            assertEquals(app.packageName, asked.getStringExtra(Settings.EXTRA_APP_PACKAGE))
            leave()
        }
    }
}
