package app.loyalty.presenters.kiosk

import app.loyalty.PhoneInput
import app.loyalty.presenters.CodeError
import app.loyalty.presenters.Grid
import app.loyalty.presenters.Patience
import app.loyalty.presenters.Problem
import app.loyalty.presenters.RegisterState
import app.loyalty.presenters.Wait
import app.loyalty.presenters.clock
import app.loyalty.words.Language
import java.time.Duration
import java.time.LocalDate

/** The kiosk's times in milliseconds. */
data class KioskTimes(
    /** Without a touch until the guest is asked whether they are there. */
    val idle: Long = 45_000,
    /** How long that question stands. */
    val warning: Long = 20_000,
    /** How often a guest may answer it. */
    val stays: Int = 10,
    /** How long a request may take. */
    val request: Long = Patience.GIVEN_UP,
    /** How long a guest is thanked. */
    val done: Long = 8_000,
    /** How long a visit may take at most, whatever touches the screen; the gateway ends its session sooner. */
    val visit: Long = 900_000,
    /** For how long the staff's menu is locked after too many wrong PINs. */
    val pinLock: Long = 300_000,
    val pinTries: Int = 5,
)

/**
 * How often the staff's PIN was tried since it was last right. The kiosk keeps it over its next start, so that ending the
 * program gives nobody new tries.
 *
 * @property lockedUntil until when no PIN is taken, in milliseconds since 1970.
 */
data class PinTries(val wrong: Int = 0, val lockedUntil: Long? = null)

/**
 * All that the kiosk knows: what is shown, and when what happened, in milliseconds since 1970 on a
 * clock that only goes forward.
 *
 * @property begunAt since when somebody is there.
 * @property busySince since when a request runs; the idle time stands still meanwhile.
 * @property request the number of the request that is awaited.
 * @property outage why the kiosk cannot work at the moment.
 * @property closed the opening hours, while it is none of them.
 */
data class Machine(
    val shown: KioskState,
    val touchedAt: Long,
    val begunAt: Long? = null,
    val warnedAt: Long? = null,
    val stays: Int = 0,
    val busySince: Long? = null,
    val request: Long = 0,
    val resendAt: Long? = null,
    val doneAt: Long? = null,
    val outage: String? = null,
    val closed: String? = null,
    val pins: PinTries = PinTries(),
)

/** The machine afterwards, and what it asks for. */
data class Step(val machine: Machine, val effects: List<KioskEffect> = emptyList())

/**
 * The kiosk's rules, as a pure function of machine, event and time.
 *
 * @property formatPhone formats a phone while it is typed.
 * @property home the language in which the kiosk waits.
 * @property app leads to the phone's app.
 * @property today the day at the venue, which no birthday comes after.
 */
class KioskRules(
    private val formatPhone: (String) -> PhoneInput,
    private val home: Language = Language.RU,
    private val app: Grid? = null,
    private val times: KioskTimes = KioskTimes(),
    private val today: () -> LocalDate,
) {
    private val form = FormRules(today)

    /** The machine at rest; [pins] is what an earlier run has kept. */
    fun start(now: Long, pins: PinTries = PinTries()): Machine {
        // Nobody is locked out for longer because a clock was wrong.
        val locked = pins.lockedUntil?.coerceAtMost(now + times.pinLock)
        return Machine(KioskState(home, Stage.Attract), touchedAt = now, pins = pins.copy(lockedUntil = locked))
    }

    fun step(machine: Machine, event: KioskEvent, now: Long): Step {
        val step = reaction(machine, event, now)
        return step.copy(machine = limited(step.machine, now))
    }

    /** Measures the visit, and asks the last question when its time runs out, however busily the screen is touched. */
    private fun limited(machine: Machine, now: Long): Machine {
        if (machine.shown.stage.resting) return if (machine.begunAt == null) machine else machine.copy(begunAt = null)
        if (machine.begunAt == null) return machine.copy(begunAt = now)
        val last = machine.isEnding(now) && machine.warnedAt == null && machine.busySince == null
        return if (last) machine.copy(warnedAt = now).warned(now, now) else machine
    }

    private fun Machine.isEnding(now: Long): Boolean = begunAt != null && now - begunAt >= times.visit - times.warning

    private fun reaction(machine: Machine, event: KioskEvent, now: Long): Step = when (event) {
        is KioskEvent.Did -> did(machine, event.action, now)
        is KioskEvent.Tick -> tick(machine, now)
        is KioskEvent.Answered ->
            if (machine.busySince == null || event.request != machine.request) Step(machine)
            else answered(machine.idle(now), event.answer, now)
        is KioskEvent.Looked -> looked(machine.copy(outage = event.outage), event, now)
        is KioskEvent.Reworded -> {
            val stage = machine.shown.stage
            Step(if (stage is Stage.Result) machine.on(stage.copy(holdings = event.holdings)) else machine)
        }
        is KioskEvent.Hours -> rested(machine.copy(closed = event.closed))
    }

    /** Who is on the way to a balance that this kiosk may not read any more is let go at once. */
    private fun looked(machine: Machine, event: KioskEvent.Looked, now: Long): Step = when (machine.shown.stage) {
        is Stage.Identify, is Stage.Code, is Stage.Register -> if (event.refused) finish(machine, now, thanked = false) else Step(machine)
        else -> rested(machine)
    }

    // What a person does.

    private fun did(machine: Machine, action: KioskAction, now: Long): Step {
        val warning = machine.shown.warning
        if (warning != null) return if (action == KioskAction.Finish) finish(machine, now) else stay(machine, warning, now)
        val touched = machine.copy(touchedAt = now)
        if (action == KioskAction.Finish) return if (touched.shown.stage.resting) Step(touched) else finish(touched, now)
        if (machine.busySince != null) return Step(touched)
        return when (val stage = touched.shown.stage) {
            Stage.Attract, is Stage.Closed, is Stage.Outage, is Stage.Done -> atRest(touched, stage, action, now)
            is Stage.Identify -> identify(touched, stage, action, now)
            is Stage.Code -> code(touched, stage, action, now)
            is Stage.Register -> register(touched, stage, action, now)
            is Stage.Result -> speaking(touched, action)
            is Stage.Staff -> staff(touched, stage, action, now)
        }
    }

    private fun stay(machine: Machine, warning: Warning, now: Long): Step =
        if (!warning.canStay) Step(machine)
        else Step(machine.copy(shown = machine.shown.copy(warning = null), warnedAt = null, touchedAt = now, stays = machine.stays + 1))

    private fun atRest(machine: Machine, stage: Stage, action: KioskAction, now: Long): Step = when {
        action == KioskAction.OpenStaff -> Step(machine.on(staffStage(machine, now)))
        stage is Stage.Closed || stage is Stage.Outage -> speaking(machine, action)
        stage is Stage.Done -> when (action) {
            KioskAction.Touch, KioskAction.GoOn, KioskAction.Start -> rest(machine)
            else -> Step(machine)
        }
        action == KioskAction.Start || action == KioskAction.GoOn -> Step(machine.on(Stage.Identify()))
        action is KioskAction.Digit -> identify(machine.on(Stage.Identify()), Stage.Identify(), action, now)
        action is KioskAction.Scanned -> identify(machine.on(Stage.Identify()), Stage.Identify(), action, now)
        else -> speaking(machine, action)
    }

    private fun speaking(machine: Machine, action: KioskAction): Step =
        if (action is KioskAction.Speak && action.language != machine.shown.language) {
            Step(machine.copy(shown = machine.shown.copy(language = action.language)), listOf(KioskEffect.Speak(action.language)))
        } else {
            Step(machine)
        }

    private fun identify(machine: Machine, stage: Stage.Identify, action: KioskAction, now: Long): Step = when (action) {
        is KioskAction.Digit -> Step(machine.on(stage.typed(stage.phone + action.digit)))
        KioskAction.DeleteDigit -> Step(machine.on(stage.typed(stage.phone.withoutLastDigit())))
        KioskAction.Clear -> Step(machine.on(Stage.Identify()))
        KioskAction.GoOn ->
            if (!stage.complete) Step(machine.on(stage.copy(invalid = true)))
            else ask(machine, now) { KioskEffect.RequestCode(it, stage.phone) }
        is KioskAction.Scanned ->
            ask(machine.on(Stage.Identify()), now) { KioskEffect.Identify(it, action.code) }
        else -> speaking(machine, action)
    }

    private fun Stage.Identify.typed(text: String): Stage.Identify {
        val input = formatPhone(text)
        return if (input.text.count(Char::isDigit) > MOST_DIGITS) this
        else Stage.Identify(input.text, input.complete)
    }

    private fun code(machine: Machine, stage: Stage.Code, action: KioskAction, now: Long): Step = when (action) {
        is KioskAction.Digit -> {
            val typed = stage.copy(digits = (stage.digits + action.digit).take(stage.length), error = null, problem = null)
            if (typed.digits.length < stage.length) Step(machine.on(typed)) else confirm(machine.on(typed), typed, now)
        }
        KioskAction.DeleteDigit -> Step(machine.on(stage.copy(digits = stage.digits.dropLast(1), error = null)))
        KioskAction.Clear -> Step(machine.on(stage.copy(digits = "", error = null)))
        KioskAction.GoOn -> if (stage.digits.length == stage.length) confirm(machine, stage, now) else Step(machine)
        KioskAction.Resend ->
            if (stage.resendIn != null) Step(machine) else ask(machine, now) { KioskEffect.RequestCode(it, stage.phone) }
        KioskAction.ChangePhone -> Step(machine.on(Stage.Identify(stage.phone, complete = true)).copy(resendAt = null))
        is KioskAction.Scanned ->
            ask(machine.on(Stage.Identify()).copy(resendAt = null), now) { KioskEffect.Identify(it, action.code) }
        else -> speaking(machine, action)
    }

    private fun confirm(machine: Machine, stage: Stage.Code, now: Long): Step =
        ask(machine, now) { KioskEffect.Confirm(it, stage.phone, stage.digits) }

    private fun register(machine: Machine, stage: Stage.Register, action: KioskAction, now: Long): Step {
        val (changed, wanted) = form.did(stage, action)
        if (wanted == null) return if (changed === stage) speaking(machine, action) else Step(machine.on(changed))
        return ask(machine.on(changed), now) { KioskEffect.Register(it, wanted.form, wanted.consents) }
    }

    private fun staff(machine: Machine, stage: Stage.Staff, action: KioskAction, now: Long): Step = when {
        action == KioskAction.Restart && stage.device != null -> Step(machine, listOf(KioskEffect.Restart))
        stage.device != null || stage.notSet -> Step(machine)
        machine.lockLeft(now) != null -> Step(machine.on(staffStage(machine, now)))
        action is KioskAction.Digit && stage.pin.length < MOST_PIN_DIGITS -> Step(machine.on(stage.copy(pin = stage.pin + action.digit)))
        action == KioskAction.DeleteDigit -> Step(machine.on(stage.copy(pin = stage.pin.dropLast(1))))
        action == KioskAction.Clear -> Step(machine.on(stage.copy(pin = "")))
        action == KioskAction.GoOn && stage.pin.length >= LEAST_PIN_DIGITS -> tryPin(machine, stage, now)
        else -> Step(machine)
    }

    /** A try counts before anybody knows whether it is right: ending the program meanwhile does not undo it. */
    private fun tryPin(machine: Machine, stage: Stage.Staff, now: Long): Step {
        val wrong = machine.pins.wrong + 1
        val pins = if (wrong < times.pinTries) PinTries(wrong) else PinTries(0, now + times.pinLock)
        val step = ask(machine.copy(pins = pins), now) { KioskEffect.CheckPin(it, stage.pin) }
        return step.copy(effects = listOf(KioskEffect.KeepTries(pins)) + step.effects)
    }

    private fun Machine.lockLeft(now: Long): Long? = pins.lockedUntil?.minus(now)?.takeIf { it > 0 }

    private fun staffStage(machine: Machine, now: Long): Stage.Staff =
        Stage.Staff(lockedFor = machine.lockLeft(now)?.let { clock(Duration.ofMillis(it)) })

    // What comes back.

    private fun ask(machine: Machine, now: Long, effect: (Long) -> KioskEffect): Step {
        val number = machine.request + 1
        val asking = machine.copy(request = number, busySince = now).waiting(Wait.BRIEF)
        return Step(asking, listOf(effect(number)))
    }

    private fun answered(machine: Machine, answer: Answer, now: Long): Step = when (answer) {
        is Answer.CodeSent -> Step(codeSent(machine, answer, now))
        is Answer.Known -> Step(
            machine.on(Stage.Result(answer.name, answer.phone, answer.holdings, app, machine.shown.stage is Stage.Register)),
        )
        is Answer.Newcomer -> Step(machine.on(form.opening(answer)))
        is Answer.Refused -> Step(refused(machine, answer, now))
        is Answer.ScanRefused -> Step(machine.on(Stage.Identify(scan = answer.because)))
        is Answer.FormRefused -> {
            val stage = machine.shown.stage
            Step(if (stage is Stage.Register) machine.on(form.refused(stage, answer)) else machine)
        }
        is Answer.Pin -> pin(machine, answer, now)
    }

    private fun codeSent(machine: Machine, answer: Answer.CodeSent, now: Long): Machine {
        val phone = when (val stage = machine.shown.stage) {
            is Stage.Identify -> stage.phone
            is Stage.Code -> stage.phone
            else -> return machine
        }
        val resendIn = clock(Duration.ofMillis(answer.resendAfterMillis)).takeIf { answer.resendAfterMillis > 0 }
        return machine.on(Stage.Code(phone, answer.masked, length = answer.digits, resendIn = resendIn))
            .copy(resendAt = now + answer.resendAfterMillis)
    }

    private fun pin(machine: Machine, answer: Answer.Pin, now: Long): Step {
        if (!answer.set) return Step(machine.on(Stage.Staff(notSet = true)))
        if (answer.right) {
            val none = PinTries()
            return Step(machine.copy(pins = none).on(Stage.Staff(device = answer.report)), listOf(KioskEffect.KeepTries(none)))
        }
        if (machine.lockLeft(now) != null) return Step(machine.on(staffStage(machine, now)))
        return Step(machine.on(Stage.Staff(triesLeft = times.pinTries - machine.pins.wrong)))
    }

    private fun refused(machine: Machine, answer: Answer.Refused, now: Long): Machine {
        val stage = machine.shown.stage
        return machine.on(if (stage is Stage.Staff) staffStage(machine, now) else stage.refused(answer))
    }

    // What time does.

    private fun tick(machine: Machine, now: Long): Step {
        val stage = machine.shown.stage
        if (stage is Stage.Done) {
            val left = (machine.doneAt ?: now) + times.done - now
            return if (left <= 0) rest(machine) else Step(machine.on(Stage.Done(seconds(left))))
        }
        if (stage.resting) {
            // Somebody chose a language and went away.
            val left = machine.shown.language != home && now - machine.touchedAt >= times.idle
            return if (left) rest(machine) else Step(machine)
        }
        val busySince = machine.busySince
        if (busySince != null) return waited(machine, now - busySince, now)
        val warnedAt = machine.warnedAt
        return when {
            warnedAt != null && now - warnedAt >= times.warning -> finish(machine, now, thanked = false)
            warnedAt != null -> Step(machine.warned(warnedAt, now))
            now - machine.touchedAt >= times.idle -> Step(machine.copy(warnedAt = now).warned(now, now))
            else -> Step(counted(machine, stage, now))
        }
    }

    private fun waited(machine: Machine, time: Long, now: Long): Step = when {
        time >= times.request -> {
            Step(refused(machine.idle(now), Answer.Refused(Problem.gaveUp), now), listOf(KioskEffect.CancelRequests))
        }
        time >= Patience.STILL_TRYING -> Step(machine.waiting(Wait.STILL_TRYING))
        time >= Patience.SHOWN -> Step(machine.waiting(Wait.SHOWN))
        else -> Step(machine)
    }

    private fun Machine.warned(since: Long, now: Long): Machine {
        val warning = Warning(seconds(since + times.warning - now), canStay = stays < times.stays && !isEnding(now))
        return copy(shown = shown.copy(warning = warning))
    }

    /** Countdowns that run on the screen. */
    private fun counted(machine: Machine, stage: Stage, now: Long): Machine = when {
        stage is Stage.Code && machine.resendAt != null -> {
            val left = machine.resendAt - now
            machine.on(stage.copy(resendIn = if (left > 0) clock(Duration.ofMillis(left)) else null))
        }
        stage is Stage.Staff && stage.lockedFor != null -> machine.on(staffStage(machine, now))
        else -> machine
    }

    // How a visit ends.

    /** Everything of the guest goes; the number of the next request stays, so that late answers find nobody. */
    private fun finish(machine: Machine, now: Long, thanked: Boolean = true): Step {
        val wiped = wiped(machine, now)
        val effects = listOf(KioskEffect.CancelRequests, KioskEffect.Wipe)
        if (!thanked || machine.shown.stage is Stage.Staff) {
            val rest = rest(wiped)
            return Step(rest.machine, effects + rest.effects)
        }
        val done = wiped.copy(doneAt = now, shown = wiped.shown.copy(language = machine.shown.language, stage = Stage.Done(seconds(times.done))))
        return Step(done, effects)
    }

    private fun wiped(machine: Machine, now: Long) = Machine(
        shown = KioskState(home, Stage.Attract, visit = machine.shown.visit + 1),
        touchedAt = now,
        request = machine.request + 1,
        outage = machine.outage,
        closed = machine.closed,
        pins = machine.pins,
    )

    private fun rest(machine: Machine): Step {
        val stage = machine.restingStage()
        val resting = machine.copy(shown = machine.shown.copy(language = home, stage = stage), doneAt = null)
        return Step(resting, listOf(KioskEffect.Speak(home)))
    }

    /** Puts up what there is to say when nobody is there; a guest who is there is left alone. */
    private fun rested(machine: Machine): Step {
        val stage = machine.shown.stage
        return if (stage.resting && stage !is Stage.Done) Step(machine.on(machine.restingStage())) else Step(machine)
    }

    private fun Machine.restingStage(): Stage = when {
        outage != null -> Stage.Outage(outage)
        closed != null -> Stage.Closed(closed)
        else -> Stage.Attract
    }

    private companion object {
        const val MOST_DIGITS = 11
        const val LEAST_PIN_DIGITS = 4
        const val MOST_PIN_DIGITS = 8
    }
}

private fun seconds(millis: Long): Int = ((millis.coerceAtLeast(0) + 999) / 1000).toInt()

private fun Machine.on(stage: Stage): Machine = copy(shown = shown.copy(stage = stage))

/** No request is awaited, and the guest's time to act begins anew. */
private fun Machine.idle(now: Long): Machine = copy(busySince = null, touchedAt = now).waiting(Wait.NONE)

private fun Machine.waiting(wait: Wait): Machine = on(
    when (val stage = shown.stage) {
        is Stage.Identify -> stage.copy(wait = wait, problem = stage.problem.takeIf { !wait.busy }, scan = stage.scan.takeIf { !wait.busy })
        is Stage.Code -> stage.copy(wait = wait)
        is Stage.Register -> stage.copy(form = stage.form.copy(wait = wait))
        is Stage.Staff -> stage.copy(checking = wait.busy)
        else -> stage
    },
)

private fun Stage.refused(answer: Answer.Refused): Stage = when (this) {
    is Stage.Identify -> copy(invalid = answer.invalidPhone, problem = answer.problem.takeIf { !answer.invalidPhone })
    is Stage.Code -> copy(digits = "", error = answer.code, problem = answer.problem.takeIf { answer.code == null })
    is Stage.Register -> copy(form = form.copy(problem = answer.problem))
    else -> this
}

private fun String.withoutLastDigit(): String = dropLastWhile { !it.isDigit() }.dropLast(1)
