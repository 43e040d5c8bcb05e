package app.loyalty.android

import android.view.View
import android.view.ViewGroup
import android.view.accessibility.AccessibilityNodeInfo
import android.view.accessibility.AccessibilityNodeProvider
import androidx.compose.ui.platform.ViewRootForTest
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.unit.IntSize
import app.loyalty.presenters.PhoneAction
import app.loyalty.presenters.Place
import app.loyalty.presenters.Tab
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

/** What Android's own accessibility services are given: not what Compose means, but what a screen reader reads. */
class ScreenReaderTest : PhoneTest() {
    @Test
    fun `on every main screen each thing to touch has a name and a size, and there is a heading to begin with`() {
        start()
        awaitText(words.signIn.title)
        check("signing in")
        signIn("+79161110050")
        awaitText(words.register.title)
        check("registering")
        register("Анна")
        awaitText(words.home.cardButton)
        check("home")
        val balance = words.home.balanceSentence("300\u00a0бонусов")
        assertTrue("the balance is a sentence and a heading", nodes().any { it.info.contentDescription?.toString() == balance && it.info.isHeading })
        for (tab in listOf(Tab.HISTORY, Tab.PROFILE)) {
            screens.on(PhoneAction.Select(tab))
            check(tab.name)
        }
        for (place in listOf(Place.Card, Place.Burns, Place.Programme)) {
            screens.on(PhoneAction.Go(place))
            if (place == Place.Card) await(hasContentDescription(words.card.qr))
            check(place.toString())
            screens.on(PhoneAction.Back)
        }
    }

    private fun check(where: String) {
        rule.waitForIdle()
        val nodes = nodes()
        assertTrue("$where: no heading", nodes.any { it.info.isHeading })
        val least = 48 * activity.resources.displayMetrics.density - 1
        val faults = nodes.filter { it.info.isClickable && it.info.isEnabled }.mapNotNull { (name, info, size) ->
            when {
                name.isBlank() -> "nameless ${info.className} of $size: ${info.extras} $info"
                size.width < least || size.height < least -> "`$name` is small: $size"
                else -> null
            }
        }
        assertEquals(where, emptyList<String>(), faults)
    }

    private data class Read(val name: String, val info: AccessibilityNodeInfo, val size: IntSize)

    private fun nodes(): List<Read> {
        val anything = SemanticsMatcher("anything") { true }
        val found = rule.onAllNodes(anything).fetchSemanticsNodes()
        val parts = rule.onAllNodes(anything, useUnmergedTree = true).fetchSemanticsNodes().associateBy(SemanticsNode::id)
        return rule.runOnIdle {
            val provider = checkNotNull(root(activity.window.decorView)).accessibilityNodeProvider
            found.mapNotNull { node -> provider.createAccessibilityNodeInfo(node.id)?.let { Read(provider.said(parts.getValue(node.id)), it, node.size) } }
        }
    }

    /** What is read for a node: what Android is told of it, or else of all that belongs to it and is not touched by itself. */
    private fun AccessibilityNodeProvider.said(node: SemanticsNode): String {
        val info = createAccessibilityNodeInfo(node.id) ?: return ""
        val own = listOfNotNull(info.contentDescription, info.text, info.hintText).joinToString(" ")
        if (own.isNotBlank()) return own
        return node.children.filter { createAccessibilityNodeInfo(it.id)?.isClickable != true }.joinToString(" ") { said(it) }
    }

    private fun root(view: View): View? = when {
        view is ViewRootForTest -> view
        view is ViewGroup -> (0 until view.childCount).firstNotNullOfOrNull { root(view.getChildAt(it)) }
        else -> null
    }
}
