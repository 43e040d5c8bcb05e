package app.loyalty.kiosk

import app.loyalty.Language as CoreLanguage
import app.loyalty.LoyaltyException
import app.loyalty.LoyaltyKiosk
import app.loyalty.presenters.Cause
import app.loyalty.presenters.Grid
import app.loyalty.presenters.Problem
import app.loyalty.presenters.holdings
import app.loyalty.presenters.kiosk.Answer
import app.loyalty.presenters.kiosk.CredentialState
import app.loyalty.presenters.kiosk.DeviceReport
import app.loyalty.presenters.kiosk.KioskAction
import app.loyalty.presenters.kiosk.KioskEffect
import app.loyalty.presenters.kiosk.KioskEvent
import app.loyalty.presenters.kiosk.KioskRules
import app.loyalty.presenters.kiosk.KioskState
import app.loyalty.presenters.kiosk.KioskTimes
import app.loyalty.presenters.kiosk.Machine
import app.loyalty.presenters.kiosk.PinTries
import app.loyalty.words.Language
import java.time.Clock
import java.time.Instant
import java.time.LocalDate
import java.time.LocalTime
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.plus
import kotlinx.coroutines.withContext

/**
 * Milliseconds since 1970 by a clock that only goes forward: whoever sets the device's clock shortens nobody's visit. What
 * time it is, it does not know: a device without a battery learns that some time after its start.
 */
class SteadyClock {
    private val begun = System.currentTimeMillis()
    private val mark = System.nanoTime()

    fun now(): Long = begun + (System.nanoTime() - mark) / 1_000_000
}

/**
 * Runs the machine over the core. Everything happens on the scope's one thread, the one that draws.
 *
 * @param session `null` while there is no credential to open one with.
 * @param wall tells the time at the venue, and is right as soon as the device's clock is.
 * @param every how often to look whether the kiosk can work while it does, in milliseconds.
 */
class Kiosk(
    private val configuration: Configuration,
    private val session: LoyaltyKiosk?,
    private val scope: CoroutineScope,
    private val clock: SteadyClock = SteadyClock(),
    private val wall: Clock = Clock.system(configuration.zone),
    private val every: Long = LOOK,
    private val onRestart: () -> Unit,
) {
    private val rules = KioskRules(
        formatPhone = { typed -> app.loyalty.Loyalty.formatPhone(typed) },
        home = configuration.language,
        app = configuration.app?.let(Grid::qr),
        times = KioskTimes(idle = configuration.idle.toMillis()),
        today = { LocalDate.now(wall) },
    )
    private val tries = TriesFile(configuration.credential)
    private var triesAreKept = true
    private var machine: Machine = rules.start(clock.now(), tries.read().moved(clock.now() - wall.millis()))
    private val shown = MutableStateFlow(machine.shown)
    private val requests = Job(scope.coroutineContext[Job])
    private val visits = session?.let { Visits(it) { machine.shown.language } }
    private var credential = if (session == null) CredentialState.MISSING else CredentialState.UNKNOWN
    private var lastSuccess: Instant? = null
    private var looking: Job? = null

    val state: StateFlow<KioskState> = shown.asStateFlow()

    init {
        speak(configuration.language)
        scope.launch { while (isActive) { lookAtTheClock(); happens(KioskEvent.Tick); delay(TICK) } }
        keepLooking()
    }

    /** Looks now, and then again and again. */
    private fun keepLooking() {
        looking?.cancel()
        looking = scope.launch { while (isActive) { look(); delay(if (machine.outage == null) every else LOOK_AGAIN) } }
    }

    /** What a person did. */
    fun on(action: KioskAction) = happens(KioskEvent.Did(action))

    private fun happens(event: KioskEvent) {
        if (event is KioskEvent.Answered) System.err.println("kiosk: visit ${machine.shown.visit} answered ${event.answer::class.simpleName}")
        val step = rules.step(machine, event, clock.now())
        val before = machine.shown
        machine = step.machine
        shown.value = machine.shown
        val stage = machine.shown.stage
        if (stage::class != before.stage::class || machine.shown.visit != before.visit) {
            // For operators, and for tests that wait: which screen, never whose.
            System.err.println("kiosk: visit ${machine.shown.visit} ${stage::class.simpleName}")
        }
        step.effects.forEach(::act)
    }

    private fun act(effect: KioskEffect) {
        when (effect) {
            is KioskEffect.RequestCode -> ask(effect.request, effect)
            is KioskEffect.Confirm -> ask(effect.request, effect)
            is KioskEffect.Identify -> ask(effect.request, effect)
            is KioskEffect.Register -> ask(effect.request, effect)
            is KioskEffect.CheckPin -> checkPin(effect)
            is KioskEffect.KeepTries -> triesAreKept = tries.keep(effect.tries.moved(wall.millis() - clock.now()))
            KioskEffect.CancelRequests -> requests.cancelChildren()
            KioskEffect.Wipe -> wipe()
            is KioskEffect.Speak -> speak(effect.language)
            KioskEffect.Restart -> onRestart()
        }
    }

    private fun ask(request: Long, effect: KioskEffect) {
        val visits = visits ?: return
        (scope + requests).launch {
            val answer = visits.answer(effect) ?: return@launch
            when (answer) {
                is Answer.Refused -> answer.problem
                is Answer.FormRefused -> answer.problem
                else -> null.also { succeeded() }
            }?.let(::doubt)
            happens(KioskEvent.Answered(request, answer))
        }
    }

    private fun checkPin(effect: KioskEffect.CheckPin) {
        val hash = configuration.pin
        (scope + requests).launch {
            val right = hash != null && triesAreKept && withContext(Dispatchers.Default) { PinHash.parse(hash).fits(effect.pin) }
            happens(KioskEvent.Answered(effect.request, Answer.Pin(right, hash != null, if (right) report() else null)))
        }
    }

    private fun report() = DeviceReport(
        device = configuration.device,
        credential = credential,
        version = VERSION,
        lastSuccess = lastSuccess?.let { at ->
            val there = at.atZone(configuration.zone)
            val time = "${there.hour}:${there.minute.toString().padStart(2, '0')}"
            session?.word(there.toLocalDate())?.let { "$it, $time" }
        },
    )

    private fun speak(language: Language) {
        val session = session ?: return
        session.language = if (language == Language.EN) CoreLanguage.ENGLISH else CoreLanguage.RUSSIAN
        session.current.snapshot?.let { happens(KioskEvent.Reworded(holdings(it, language.words))) }
    }

    /**
     * The session is dropped before anything that the next guest asks for is begun: both are launched on one thread, in turn.
     * Telling the gateway may take longer and may fail.
     */
    private fun wipe() {
        val session = session ?: return
        scope.launch { forget(session) }
    }

    /** Whether the venue is open, by a clock that may be set at any time. */
    private fun lookAtTheClock() {
        val closed = configuration.hours?.takeUnless { it.isOpen(LocalTime.now(wall)) }?.toString()
        if (closed != machine.closed) happens(KioskEvent.Hours(closed))
    }

    /** Whether the kiosk can work: the gateway answers and takes our credential. */
    private suspend fun look() {
        if (session == null) return happens(KioskEvent.Looked("credential_missing"))
        // A guest's own requests tell what there is to know.
        if (machine.shown.stage.resting || machine.outage != null) happens(seen(session))
    }

    /** A kiosk that was revoked is refused like a guest whose session has run out; which it was, a look of our own tells. */
    private fun doubt(problem: Problem) {
        if (problem.cause != Cause.SIGNED_OUT || session == null) return
        credential = CredentialState.UNKNOWN
        scope.launch {
            happens(seen(session))
            // The next look is planned for a kiosk that works, up to a minute from now.
            if (machine.outage != null) keepLooking()
        }
    }

    /** Reads what everybody may read, with our credential: the gateway answers nobody whose credential it does not take. */
    private suspend fun seen(session: LoyaltyKiosk): KioskEvent.Looked = try {
        session.programme()
        succeeded()
        KioskEvent.Looked(null)
    } catch (failure: LoyaltyException) {
        val refused = failure is LoyaltyException.Unauthorized || failure is LoyaltyException.Forbidden
        if (refused) credential = CredentialState.REFUSED
        KioskEvent.Looked(failure.code.text, refused)
    }

    private fun succeeded() {
        credential = CredentialState.VALID
        lastSuccess = wall.instant()
    }

    private companion object {
        const val TICK = 200L
        const val LOOK = 60_000L
        const val LOOK_AGAIN = 5_000L
    }
}

/** The same on a clock that is so many milliseconds ahead of the one before. */
private fun PinTries.moved(ahead: Long): PinTries = copy(lockedUntil = lockedUntil?.let { if (it == Long.MAX_VALUE) it else it + ahead })

/** Ends the session, and leaves nothing of it in what memory is free. */
internal suspend fun forget(session: LoyaltyKiosk) {
    Visits.forget(session)
    withContext(Dispatchers.Default) { Scrub.freeHeap() }
    System.err.println("kiosk: forgotten")
}

/** Of this program. */
internal const val VERSION = "0.1.0"

/** What is left in memory of what nobody refers to any more. */
internal object Scrub {
    /** Collects what is garbage and writes zeros over the heap that it lay in. Two at once would take it from each other. */
    @Synchronized
    fun freeHeap() {
        System.gc()
        val runtime = Runtime.getRuntime()
        val filler = ArrayList<ByteArray>()
        try {
            while (runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory() > RESERVE) filler += ByteArray(BLOCK)
        } catch (_: OutOfMemoryError) {
            // All that could be written over has been.
        }
        filler.clear()
        System.gc()
    }

    private const val BLOCK = 512 * 1024
    private const val RESERVE = 24L * 1024 * 1024
}
