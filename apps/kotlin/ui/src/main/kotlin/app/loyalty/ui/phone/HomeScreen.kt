package app.loyalty.ui.phone

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Icon
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.paneTitle
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import app.loyalty.presenters.CouponView
import app.loyalty.presenters.Holdings
import app.loyalty.presenters.HomeAction
import app.loyalty.presenters.HomeState
import app.loyalty.presenters.Tab
import app.loyalty.presenters.Wait
import app.loyalty.ui.Badge
import app.loyalty.ui.Balance
import app.loyalty.ui.BurnStrip
import app.loyalty.ui.Button
import app.loyalty.ui.Chip
import app.loyalty.ui.Heading
import app.loyalty.ui.Hero
import app.loyalty.ui.IconButton
import app.loyalty.ui.Icons
import app.loyalty.ui.LevelPanel
import app.loyalty.ui.Link
import app.loyalty.ui.Logo
import app.loyalty.ui.Loyalty
import app.loyalty.ui.Notice
import app.loyalty.ui.Operation
import app.loyalty.ui.Panel
import app.loyalty.ui.Placeholder
import app.loyalty.ui.ProblemNotice
import app.loyalty.ui.Soft
import app.loyalty.ui.Spinner
import app.loyalty.ui.Tone

/** The three main pages with the bar that leads to them. */
@Composable
fun MainFrame(tab: Tab, onSelect: (Tab) -> Unit, content: @Composable () -> Unit) {
    val words = Loyalty.words
    Column(Modifier.fillMaxSize().background(Loyalty.colours.background)) {
        Box(Modifier.weight(1f)) { content() }
        Box(Modifier.fillMaxWidth().height(1.dp).background(Loyalty.colours.hairline))
        Row(Modifier.fillMaxWidth().background(Loyalty.colours.surface).selectableGroup()) {
            BarItem(Icons.home, words.home.title, tab == Tab.HOME, Modifier.weight(1f)) { onSelect(Tab.HOME) }
            BarItem(Icons.history, words.history.title, tab == Tab.HISTORY, Modifier.weight(1f)) { onSelect(Tab.HISTORY) }
            BarItem(Icons.person, words.profile.title, tab == Tab.PROFILE, Modifier.weight(1f)) { onSelect(Tab.PROFILE) }
        }
    }
}

@Composable
private fun BarItem(icon: ImageVector, text: String, chosen: Boolean, modifier: Modifier, onClick: () -> Unit) {
    val colours = Loyalty.colours
    Column(
        modifier.selectable(chosen, role = Role.Tab, onClick = onClick).heightIn(min = 64.dp).padding(horizontal = 4.dp, vertical = 8.dp),
        horizontalAlignment = Alignment.CenterHorizontally,
        verticalArrangement = Arrangement.spacedBy(2.dp, Alignment.CenterVertically),
    ) {
        Box(Modifier.clip(Loyalty.sizes.control).background(if (chosen) colours.raised else colours.surface).padding(horizontal = 18.dp, vertical = 3.dp)) {
            Icon(icon, null, Modifier.size(Loyalty.sizes.icon), tint = if (chosen) colours.primary else colours.textSoft)
        }
        Text(text, style = Loyalty.type.small, color = if (chosen) colours.primary else colours.textSoft, textAlign = TextAlign.Center)
    }
}

@Composable
fun HomeScreen(state: HomeState, onAction: (HomeAction) -> Unit) {
    val words = Loyalty.words
    Column(
        Modifier
            .fillMaxSize()
            .background(Loyalty.colours.background)
            .verticalScroll(rememberScrollState())
            .padding(horizontal = Loyalty.sizes.edge, vertical = 12.dp)
            .semantics { paneTitle = words.home.title },
        verticalArrangement = Arrangement.spacedBy(Loyalty.sizes.between),
    ) {
        Header(state, onAction)
        Standing(state, onAction)
        val holdings = state.holdings
        if (holdings == null) {
            if (state.problem == null) Skeleton()
        } else {
            Holding(holdings, onAction)
        }
    }
}

@Composable
private fun Header(state: HomeState, onAction: (HomeAction) -> Unit) {
    val brand = Loyalty.look.brand
    Row(verticalAlignment = Alignment.CenterVertically, horizontalArrangement = Arrangement.spacedBy(12.dp)) {
        Logo(Modifier.size(36.dp), Loyalty.colours.primary)
        Text(brand.name(Loyalty.look.language), Modifier.weight(1f).semantics { heading() }, style = Loyalty.type.title, color = Loyalty.colours.text)
        if (state.wait == Wait.SHOWN || state.wait == Wait.STILL_TRYING) {
            Box(Modifier.size(Loyalty.sizes.target), contentAlignment = Alignment.Center) { Spinner(Modifier.size(Loyalty.sizes.icon)) }
        } else {
            IconButton(Icons.refresh, Loyalty.words.action.refresh, { onAction(HomeAction.Refresh) })
        }
    }
}

/** Whether what is shown is up to date. */
@Composable
private fun Standing(state: HomeState, onAction: (HomeAction) -> Unit) {
    val words = Loyalty.words
    val problem = state.problem
    when {
        state.wait == Wait.STILL_TRYING -> Notice(words.progress.stillTrying, detail = state.asOf)
        state.offline -> Notice(words.home.offline, tone = Tone.OFFLINE, detail = state.asOf ?: words.problem.offlineHint, action = words.action.retry, onAction = { onAction(HomeAction.Refresh) })
        problem != null && state.holdings != null ->
            Notice(words.home.refreshFailed, tone = Tone.WARNING, detail = state.asOf ?: problem.text(words), action = words.action.retry, onAction = { onAction(HomeAction.Refresh) })
        problem != null -> ProblemNotice(problem, onRetry = { onAction(HomeAction.Refresh) })
        state.asOf != null -> Soft(state.asOf.orEmpty())
    }
}

@Composable
private fun Holding(holdings: Holdings, onAction: (HomeAction) -> Unit) {
    val words = Loyalty.words
    Hero {
        Column(Modifier.fillMaxWidth().padding(24.dp), verticalArrangement = Arrangement.spacedBy(16.dp)) {
            Balance(holdings)
            holdings.burns.firstOrNull()?.let { NextBurn(it.line, onAction) }
        }
    }
    Button(words.home.cardButton, { onAction(HomeAction.OpenCard) }, Modifier.fillMaxWidth().heightIn(min = 64.dp), icon = Icons.qr)
    if (holdings.negative) Notice(words.home.negative, tone = Tone.WARNING)
    if (holdings.totalOnly) Notice(words.home.totalOnly)
    holdings.burnedSince?.let { Notice(it, tone = Tone.WARNING) }
    for (pending in holdings.pending) Notice(pending)
    if (holdings.burns.size > 1) {
        Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
            Section(words.home.burnStrip, words.action.more) { onAction(HomeAction.OpenBurns) }
            BurnStrip(holdings.burns.drop(1).take(2))
        }
    }
    holdings.level?.let { LevelPanel(it) }
    Newest(holdings, onAction)
    if (holdings.coupons.isNotEmpty()) {
        Heading(words.home.coupons)
        for (coupon in holdings.coupons) Coupon(coupon)
    }
}

@Composable
private fun NextBurn(line: String, onAction: (HomeAction) -> Unit) {
    val colours = Loyalty.colours
    Row(
        Modifier
            .clip(Loyalty.sizes.control)
            .background(colours.accent)
            .clickable(role = Role.Button) { onAction(HomeAction.OpenBurns) }
            .heightIn(min = Loyalty.sizes.target)
            .padding(horizontal = 14.dp, vertical = 8.dp),
        horizontalArrangement = Arrangement.spacedBy(10.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Icon(Icons.flame, null, Modifier.size(Loyalty.sizes.drawing(20.dp)), tint = colours.onAccent)
        Text(line, style = Loyalty.type.smallStrong, color = colours.onAccent)
    }
}

/** A heading with a way to the rest. */
@Composable
private fun Section(title: String, more: String, onMore: () -> Unit) {
    FlowRow(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.SpaceBetween, itemVerticalAlignment = Alignment.CenterVertically) {
        Heading(title)
        Link(more, onMore, flush = if (Loyalty.sizes.stacked) Alignment.Start else Alignment.End)
    }
}

@Composable
private fun Newest(holdings: Holdings, onAction: (HomeAction) -> Unit) {
    val words = Loyalty.words
    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
        if (holdings.newest.isEmpty()) {
            Heading(words.home.newest)
            Panel {
                Text(words.home.emptyTitle, style = Loyalty.type.strong, color = Loyalty.colours.text)
                Soft(words.home.emptyHint)
            }
        } else {
            Section(words.home.newest, words.home.allOperations) { onAction(HomeAction.OpenHistory) }
            Panel(padding = PaddingValues(vertical = 6.dp)) {
                for (operation in holdings.newest) {
                    val receipt = operation.receipt
                    Operation(operation, showDay = true, showBalance = false, onOpen = receipt?.let { { onAction(HomeAction.OpenReceipt(it)) } })
                }
            }
        }
    }
}

@Composable
private fun Coupon(coupon: CouponView) {
    val colours = Loyalty.colours
    Panel(Modifier.semantics(mergeDescendants = true) {}) {
        Row(horizontalArrangement = Arrangement.spacedBy(14.dp), verticalAlignment = Alignment.CenterVertically) {
            Badge(Icons.gift)
            Column(Modifier.weight(1f)) {
                Text(coupon.name, style = Loyalty.type.strong, color = colours.text)
                coupon.until?.let { Soft(Loyalty.words.home.couponUntil(it)) }
            }
        }
        coupon.code?.let { Chip(it, colours.raised, colours.text, Modifier.padding(top = 12.dp)) }
    }
}

/** Where everything will be, before it is there. */
@Composable
private fun Skeleton() {
    val words = Loyalty.words
    Column(
        Modifier.semantics { contentDescription = words.home.loading; liveRegion = LiveRegionMode.Polite },
        verticalArrangement = Arrangement.spacedBy(Loyalty.sizes.between),
    ) {
        Hero {
            Column(Modifier.fillMaxWidth().padding(24.dp), verticalArrangement = Arrangement.spacedBy(14.dp)) {
                val ground = Loyalty.colours.onHero.copy(alpha = 0.16f)
                Placeholder(Modifier.width(110.dp).height(16.dp), ground)
                Placeholder(Modifier.width(200.dp).height(56.dp), ground)
                Placeholder(Modifier.width(90.dp).height(20.dp), ground)
            }
        }
        Placeholder(Modifier.fillMaxWidth().height(64.dp))
        Panel {
            Placeholder(Modifier.width(140.dp).height(18.dp))
            Placeholder(Modifier.padding(top = 14.dp).fillMaxWidth().height(10.dp))
        }
        Panel {
            repeat(3) {
                Row(Modifier.padding(vertical = 8.dp), horizontalArrangement = Arrangement.spacedBy(14.dp), verticalAlignment = Alignment.CenterVertically) {
                    Placeholder(Modifier.size(40.dp))
                    Placeholder(Modifier.weight(1f).height(16.dp))
                    Placeholder(Modifier.width(60.dp).height(16.dp))
                }
            }
        }
    }
}

