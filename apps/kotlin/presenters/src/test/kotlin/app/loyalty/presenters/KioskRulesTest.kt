package app.loyalty.presenters

import app.loyalty.PhoneInput
import app.loyalty.presenters.kiosk.Answer
import app.loyalty.presenters.kiosk.Field
import app.loyalty.presenters.kiosk.KioskAction
import app.loyalty.presenters.kiosk.KioskEffect
import app.loyalty.presenters.kiosk.KioskEvent
import app.loyalty.presenters.kiosk.KioskRules
import app.loyalty.presenters.kiosk.KioskTimes
import app.loyalty.presenters.kiosk.Machine
import app.loyalty.presenters.kiosk.PinTries
import app.loyalty.presenters.kiosk.ScanRefusal
import app.loyalty.presenters.kiosk.Stage
import app.loyalty.presenters.kiosk.DeviceReport
import app.loyalty.presenters.kiosk.CredentialState
import app.loyalty.words.Language
import java.time.Duration
import java.time.LocalDate
import kotlin.random.Random
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

/** The kiosk's machine on a clock that the test moves. */
class KioskRulesTest {
    private val times = KioskTimes()
    private val rules = KioskRules(::format, today = { LocalDate.of(2026, 9, 21) })

    /** Plays events against the machine and keeps what it asked for. */
    private inner class Play(var machine: Machine = rules.start(NOON)) {
        var now = NOON
        val asked = mutableListOf<KioskEffect>()
        val stage get() = machine.shown.stage

        fun happens(event: KioskEvent) {
            val step = rules.step(machine, event, now)
            machine = step.machine
            asked += step.effects
        }

        fun did(vararg actions: KioskAction) = actions.forEach { happens(KioskEvent.Did(it)) }

        fun type(digits: String) = digits.forEach { did(KioskAction.Digit(it)) }

        fun answered(answer: Answer) = happens(KioskEvent.Answered(machine.request, answer))

        fun passes(millis: Long, step: Long = 250) {
            val until = now + millis
            while (now < until) {
                now = minOf(now + step, until)
                happens(KioskEvent.Tick)
            }
        }

        fun asksForCode() {
            did(KioskAction.Start)
            type(PHONE)
            did(KioskAction.GoOn)
            answered(Answer.CodeSent(30_000, 6, MASKED))
        }

        fun isKnown() {
            asksForCode()
            type("418207")
            answered(known)
        }
    }

    @Test
    fun `a visit leads from phone and code to the balance, and a touch on finish erases it`() = with(Play()) {
        asksForCode()
        assertEquals(MASKED, (stage as Stage.Code).masked)
        type("418207")
        assertEquals("418207", asked.filterIsInstance<KioskEffect.Confirm>().single().code)
        answered(known)
        assertEquals(HOLDINGS, (stage as Stage.Result).holdings)
        did(KioskAction.Finish)
        assertTrue(stage is Stage.Done)
        assertTrue(KioskEffect.Wipe in asked)
        passes(times.done)
        assertEquals(Stage.Attract, stage)
    }

    @Test
    fun `a guest who is silent is warned for twenty seconds and then erased`() = with(Play()) {
        isKnown()
        passes(times.idle - 250)
        assertNull(machine.shown.warning)
        passes(250)
        assertEquals(20, machine.shown.warning?.secondsLeft)
        passes(19_750)
        assertEquals(1, machine.shown.warning?.secondsLeft)
        passes(250)
        assertEquals(Stage.Attract, stage)
        assertFalse(machine.toString().contains(PHONE.takeLast(4)))
    }

    @Test
    fun `one touch extends the visit, ten times and not more`() = with(Play()) {
        isKnown()
        repeat(times.stays) {
            passes(times.idle)
            assertEquals(true, machine.shown.warning?.canStay)
            did(KioskAction.Touch)
            assertNull(machine.shown.warning)
        }
        passes(times.idle)
        assertEquals(false, machine.shown.warning?.canStay)
        did(KioskAction.Stay)
        passes(times.warning)
        assertEquals(Stage.Attract, stage)
    }

    @Test
    fun `the idle time stands still while a request runs, and the request has a limit of its own`() = with(Play()) {
        did(KioskAction.Start)
        type(PHONE)
        passes(times.idle - 1_000)
        did(KioskAction.GoOn)
        passes(200)
        assertEquals(Wait.BRIEF, (stage as Stage.Identify).wait)
        passes(3_000)
        assertEquals(Wait.STILL_TRYING, (stage as Stage.Identify).wait)
        passes(times.request)
        assertNull(machine.shown.warning)
        assertEquals(Problem.gaveUp, (stage as Stage.Identify).problem)
        assertTrue(KioskEffect.CancelRequests in asked)
    }

    @Test
    fun `an answer that nobody waits for any more is not shown to the next guest`() = with(Play()) {
        asksForCode()
        type("418207")
        val late = machine.request
        did(KioskAction.Finish)
        passes(times.done)
        asksForCode()
        happens(KioskEvent.Answered(late, known))
        assertTrue(stage is Stage.Code)
    }

    @Test
    fun `a scanned code begins a visit from anywhere at rest, and a refused one says why`() = with(Play()) {
        did(KioskAction.Scanned("482019375516"))
        assertEquals("482019375516", asked.filterIsInstance<KioskEffect.Identify>().single().tillCode)
        answered(Answer.ScanRefused(ScanRefusal.EXPIRED))
        assertEquals(ScanRefusal.EXPIRED, (stage as Stage.Identify).scan)
    }

    @Test
    fun `a newcomer cannot register without the consent, and is welcomed after`() = with(Play()) {
        asksForCode()
        type("418207")
        answered(Answer.Newcomer(consentsOnly = false, consents = emptyList()))
        "анна".forEach { did(KioskAction.Key(it)) }
        assertEquals("Анна", (stage as Stage.Register).form.name)
        did(KioskAction.GoOn)
        assertTrue((stage as Stage.Register).form.consentMissing)
        assertTrue(asked.none { it is KioskEffect.Register })
        did(KioskAction.Form(RegisterAction.AgreeToData(true)), KioskAction.Focus(Field.BIRTHDAY))
        type("31121990")
        assertEquals("31.12.1990", (stage as Stage.Register).form.birthday)
        did(KioskAction.GoOn)
        assertEquals("Анна", asked.filterIsInstance<KioskEffect.Register>().single().form?.firstName)
        answered(known)
        assertTrue((stage as Stage.Result).welcome)
    }

    @Test
    fun `five wrong PINs lock the menu for five minutes, even for the right one and through other visits`() = with(Play()) {
        did(KioskAction.OpenStaff)
        repeat(times.pinTries) {
            type("0000")
            did(KioskAction.GoOn)
            answered(Answer.Pin(right = false, set = true, report = null))
        }
        assertEquals("5:00", (stage as Stage.Staff).lockedFor)
        type("1234")
        did(KioskAction.GoOn, KioskAction.Finish, KioskAction.OpenStaff)
        assertEquals(times.pinTries, asked.filterIsInstance<KioskEffect.CheckPin>().size)
        assertEquals("5:00", (stage as Stage.Staff).lockedFor)
        did(KioskAction.Finish)
        now += times.pinLock
        did(KioskAction.OpenStaff)
        type("1234")
        did(KioskAction.GoOn)
        answered(Answer.Pin(right = true, set = true, report = REPORT))
        assertEquals(REPORT, (stage as Stage.Staff).device)
    }

    @Test
    fun `a PIN counts as tried before it is known to be wrong, and the count survives a new start`() = with(Play()) {
        did(KioskAction.OpenStaff)
        repeat(times.pinTries - 1) {
            type("0000")
            did(KioskAction.GoOn)
            assertTrue("kept before it is checked", asked[asked.lastIndex - 1] is KioskEffect.KeepTries)
            answered(Answer.Pin(right = false, set = true, report = null))
        }
        type("1111")
        did(KioskAction.GoOn)
        val kept = asked.filterIsInstance<KioskEffect.KeepTries>().last().tries
        assertEquals(PinTries(0, NOON + times.pinLock), kept)

        val anew = Play(rules.start(NOON, kept))
        anew.did(KioskAction.OpenStaff)
        assertEquals("5:00", (anew.stage as Stage.Staff).lockedFor)
        anew.type("1234")
        anew.did(KioskAction.GoOn)
        assertTrue(anew.asked.none { it is KioskEffect.CheckPin })
        assertEquals("a clock that was wrong", NOON + times.pinLock, rules.start(NOON, PinTries(0, NOON * 2)).pins.lockedUntil)

        answered(Answer.Pin(right = true, set = true, report = REPORT))
        assertEquals(KioskEffect.KeepTries(PinTries()), asked.last())
    }

    @Test
    fun `a PIN whose check takes too long opens nothing and stays counted`() = with(Play()) {
        did(KioskAction.OpenStaff)
        repeat(times.pinTries) {
            type("0000")
            did(KioskAction.GoOn)
            passes(times.request)
        }
        assertEquals(clock(Duration.ofMillis(times.pinLock - times.request)), (stage as Stage.Staff).lockedFor)
    }

    @Test
    fun `a visit ends in time however busily the screen is touched`() = with(Play()) {
        isKnown()
        val begun = now
        var lastQuestion: Long? = null
        while (stage !is Stage.Attract && now - begun < 2 * times.visit) {
            did(KioskAction.Touch, KioskAction.Stay, KioskAction.Digit('1'), KioskAction.Speak(Language.entries.random(Random(now))))
            if (machine.shown.warning != null && lastQuestion == null) lastQuestion = now
            passes(1_000)
        }
        assertEquals(Stage.Attract, stage)
        assertTrue("${now - begun}", now - begun in times.visit - 2_000..times.visit + 2_000)
        assertTrue("the guest was told", now - checkNotNull(lastQuestion) >= times.warning)
        assertTrue(KioskEffect.Wipe in asked)
    }

    @Test
    fun `a code that is scanned while another is awaited opens the visit of whoever scanned it`() = with(Play()) {
        asksForCode()
        did(KioskAction.Scanned("482019375516"))
        assertEquals("482019375516", asked.filterIsInstance<KioskEffect.Identify>().single().tillCode)
        assertFalse(machine.toString().contains(PHONE.takeLast(4)))
        answered(known)
        assertTrue(stage is Stage.Result)
    }

    @Test
    fun `a kiosk that the gateway does not take any more lets whoever is on the way go, and a guest read on`() = with(Play()) {
        asksForCode()
        happens(KioskEvent.Looked("unauthorized", refused = true))
        assertEquals(Stage.Outage("unauthorized"), stage)
        assertTrue(KioskEffect.Wipe in asked)
        happens(KioskEvent.Looked(null))
        isKnown()
        happens(KioskEvent.Looked("unauthorized", refused = true))
        assertTrue(stage is Stage.Result)
        did(KioskAction.Finish)
        passes(times.done)
        assertEquals(Stage.Outage("unauthorized"), stage)
    }

    @Test
    fun `the staff menu opens only where no guest is`() = with(Play()) {
        isKnown()
        did(KioskAction.OpenStaff)
        assertTrue(stage is Stage.Result)
    }

    @Test
    fun `an outage or closing time leaves the guest who is there alone, and heals by itself`() = with(Play()) {
        isKnown()
        happens(KioskEvent.Looked(outage = "offline"))
        happens(KioskEvent.Hours(closed = "9:00–23:00"))
        assertTrue(stage is Stage.Result)
        did(KioskAction.Finish)
        passes(times.done)
        assertEquals(Stage.Outage("offline"), stage)
        happens(KioskEvent.Looked(outage = null))
        assertEquals(Stage.Closed("9:00–23:00"), stage)
        happens(KioskEvent.Hours(closed = null))
        assertEquals(Stage.Attract, stage)
    }

    @Test
    fun `a language that a guest chose is gone with the guest`() = with(Play()) {
        did(KioskAction.Speak(Language.EN))
        isKnown()
        assertEquals(Language.EN, machine.shown.language)
        did(KioskAction.Finish)
        passes(times.done)
        assertEquals(Language.RU, machine.shown.language)
        assertEquals(KioskEffect.Speak(Language.RU), asked.last())
    }

    @Test
    fun `after any events at all the kiosk is back at rest within its times and holds nothing of anybody`() {
        val longest = times.request + times.idle + times.warning + times.done + 2_000
        var registered = 0
        for (seed in 1..3_000) {
            val random = Random(seed)
            val play = Play()
            val history = buildList {
                repeat(random.nextInt(1, 60)) {
                    val event = anything(random, play.machine)
                    add(event)
                    play.happens(event)
                    play.now += random.nextLong(0, 20_000)
                }
            }
            // Whatever was under way, nobody touches the screen any more.
            play.happens(KioskEvent.Looked(null))
            play.happens(KioskEvent.Hours(null))
            play.passes(longest)
            val trace = "seed $seed: ${history.joinToString("\n")}"
            assertEquals(trace, Stage.Attract, play.stage)
            assertEquals(trace, Language.RU, play.machine.shown.language)
            assertNull(trace, play.machine.shown.warning)
            val kept = play.machine.shown.toString()
            for (personal in listOf("345", "12-34", "Анна", "АннА", "2 345", "418", "4820", "anna")) assertFalse("$personal in $kept\n$trace", kept.contains(personal))
            // Whoever may have been signed in, or have told something, is forgotten after that and not only before.
            val told = play.asked.indexOfLast { it is KioskEffect.Confirm || it is KioskEffect.Identify || it is KioskEffect.Register }
            registered += play.asked.count { it is KioskEffect.Register }
            if (told >= 0) assertTrue(trace, play.asked.lastIndexOf(KioskEffect.Wipe) > told)
        }
        assertTrue("forms are sent as well: $registered", registered > 40)
    }

    private fun anything(random: Random, machine: Machine): KioskEvent = when (random.nextInt(10)) {
        in 0..5 -> KioskEvent.Did(if (machine.shown.stage is Stage.Register && random.nextInt(4) > 0) anyOfForm(random) else anyAction(random))
        6, 7 -> KioskEvent.Answered(if (random.nextInt(4) == 0) random.nextLong(0, 9) else machine.request, anyAnswer(random))
        8 -> KioskEvent.Tick
        else -> if (random.nextBoolean()) KioskEvent.Looked("x".takeIf { random.nextBoolean() }, refused = random.nextInt(4) == 0) else KioskEvent.Hours("9–23".takeIf { random.nextBoolean() })
    }

    /** What leads through the form, which chance alone would hardly fill in. */
    private fun anyOfForm(random: Random): KioskAction = when (random.nextInt(5)) {
        0 -> KioskAction.Form(RegisterAction.AgreeToData(true))
        1 -> KioskAction.Focus(Field.NAME)
        2 -> KioskAction.Key("Анна"[random.nextInt(4)])
        else -> KioskAction.GoOn
    }

    private fun anyAction(random: Random): KioskAction = when (random.nextInt(20)) {
        in 0..4 -> KioskAction.Digit("9123451234"[random.nextInt(10)])
        5, 6 -> KioskAction.Start
        in 7..9 -> KioskAction.GoOn
        10 -> KioskAction.Scanned("482019375516")
        11 -> KioskAction.Key("Анна"[random.nextInt(4)])
        12 -> KioskAction.Form(RegisterAction.AgreeToData(random.nextBoolean()))
        13 -> KioskAction.Focus(Field.entries[random.nextInt(3)])
        14 -> KioskAction.Speak(Language.entries[random.nextInt(2)])
        15 -> KioskAction.OpenStaff
        16 -> KioskAction.DeleteDigit
        17 -> KioskAction.Resend
        18 -> KioskAction.Stay
        else -> if (random.nextInt(4) == 0) KioskAction.Finish else KioskAction.Touch
    }

    private fun anyAnswer(random: Random): Answer = when (random.nextInt(10)) {
        0, 1 -> Answer.CodeSent(random.nextLong(0, 60_000), 6, MASKED)
        2, 3 -> known
        4, 8 -> Answer.Newcomer(random.nextBoolean(), emptyList())
        9 -> Answer.ScanRefused(ScanRefusal.entries[random.nextInt(2)])
        5 -> Answer.Refused(Problem.gaveUp, CodeError.Wrong(2).takeIf { random.nextBoolean() })
        6 -> Answer.FormRefused(Problem.gaveUp, "name")
        else -> Answer.Pin(random.nextBoolean(), set = true, report = REPORT)
    }

    private companion object {
        const val NOON = 1_790_000_000_000L
        const val PHONE = "9123451234"
        const val MASKED = "+7 ••• •••-12-34"
        val HOLDINGS = Holdings("2 345", "бонусов", "2 345", false, emptyList(), null, false, emptyList(), null, null, emptyList(), emptyList())
        val known = Answer.Known("Анна", MASKED, HOLDINGS)
        val REPORT = DeviceReport("hall", CredentialState.VALID, "0.1.0", null)

        /** As the core does, in short. */
        fun format(typed: String): PhoneInput {
            val digits = typed.filter(Char::isDigit).removePrefix("7").take(10)
            return PhoneInput(if (digits.isEmpty()) "" else "+7 $digits", digits.length == 10)
        }
    }
}
