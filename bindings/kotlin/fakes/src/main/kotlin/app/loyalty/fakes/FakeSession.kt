package app.loyalty.fakes

import app.loyalty.Bonus
import app.loyalty.BonusAmount
import app.loyalty.CodeSent
import app.loyalty.Connectivity
import app.loyalty.Consent
import app.loyalty.ConsentKind
import app.loyalty.Devices
import app.loyalty.ErrorCode
import app.loyalty.GuestProfile
import app.loyalty.HistoryCursor
import app.loyalty.HistoryPage
import app.loyalty.Language
import app.loyalty.LoyaltyException
import app.loyalty.LoyaltyGuest
import app.loyalty.LoyaltyKiosk
import app.loyalty.LoyaltySession
import app.loyalty.Money
import app.loyalty.MoneyAmount
import app.loyalty.PhoneInput
import app.loyalty.ProfileChange
import app.loyalty.Programme
import app.loyalty.Receipt
import app.loyalty.ReceiptReference
import app.loyalty.Registered
import app.loyalty.RegistrationForm
import app.loyalty.Reminder
import app.loyalty.ReminderPolicy
import app.loyalty.SessionState
import app.loyalty.SignOut
import app.loyalty.Snapshot
import app.loyalty.TillCode
import app.loyalty.Transaction
import java.time.Duration
import java.time.Instant
import java.time.LocalDate
import java.util.concurrent.CopyOnWriteArrayList
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.takeWhile

/**
 * A session in memory, without the native library: for tests of presenters and for previews. It does what it is told, in
 * the order of the calls, and remembers them.
 *
 * What a test sets is what the calls answer; [failure] makes every suspending call fail, and [before] runs in front of
 * each, for a test that wants one to wait.
 */
public abstract class FakeSession : LoyaltySession {
    private val states = MutableStateFlow(State(SessionState(false, Connectivity.UNKNOWN, null), closed = false))

    private data class State(val session: SessionState, val closed: Boolean)

    /** The names of the suspending calls so far, in order. */
    public val calls: MutableList<String> = CopyOnWriteArrayList()

    /** What every suspending call throws until it is set to `null` again. */
    public var failure: LoyaltyException? = null

    /** Runs in front of every suspending call, with its name. */
    public var before: suspend (String) -> Unit = {}

    /** What [refresh] finds; `null` means that the guest has to be registered first. */
    public var holdings: Snapshot? = null

    /** What [programme] reads. */
    public var programmeToRead: Programme? = null

    /** The only code that [confirm] takes. */
    public var code: String = "123456"

    /** How often a wrong code may still be tried. */
    public var triesLeft: Int = 5

    /** All rows of the history, newest first. */
    public var rows: List<Transaction> = emptyList()

    /** The guest's consents. */
    public var consentsGiven: List<Consent> = emptyList()

    override var language: Language = Language.RUSSIAN

    override var knownProgramme: Programme? = null

    final override val current: SessionState
        get() = open().session

    final override val state: Flow<SessionState> = kotlinx.coroutines.flow.flow {
        states.takeWhile { !it.closed }.collect { emit(it.session) }
    }

    /** Changes the state, and tells observers. */
    public fun show(state: SessionState) {
        states.value = State(state, open().closed)
    }

    private fun open(): State {
        val state = states.value
        check(!state.closed) { "closed" }
        return state
    }

    /** Notes a call, lets it wait, and fails where it should. */
    protected suspend fun called(name: String) {
        open()
        calls += name
        before(name)
        failure?.let { throw it }
    }

    /** Throws where nobody is signed in. */
    protected fun checkSignedIn() {
        if (!current.signedIn) throw LoyaltyException.Unauthorized()
    }

    /** Throws where somebody is signed in. */
    protected fun checkNobodySignedIn() {
        if (current.signedIn) throw LoyaltyException.Conflict(ErrorCode("conflict"))
    }

    override suspend fun programme(): Programme {
        called("programme")
        return checkNotNull(programmeToRead) { "set programmeToRead" }.also { knownProgramme = it }
    }

    override suspend fun requestCode(phone: String): CodeSent {
        called("requestCode")
        return CodeSent(Duration.ofMinutes(1), Duration.ofMinutes(5), code.length)
    }

    override suspend fun confirm(phone: String, code: String) {
        called("confirm")
        checkNobodySignedIn()
        if (code != this.code) {
            triesLeft -= 1
            throw if (triesLeft < 0) LoyaltyException.Conflict(ErrorCode.CODE_EXPIRED) else LoyaltyException.CodeWrong(triesLeft)
        }
        signIn()
    }

    /** Signs a guest in without a code. */
    public fun signIn() {
        show(SessionState(true, Connectivity.ONLINE, null))
    }

    override suspend fun register(form: RegistrationForm, consents: Set<ConsentKind>): Registered {
        called("register")
        checkSignedIn()
        if (ConsentKind.PERSONAL_DATA !in consents) {
            throw LoyaltyException.InvalidInput(ErrorCode("field_empty"), "consents")
        }
        show(SessionState(true, Connectivity.ONLINE, holdings))
        return Registered(created = true)
    }

    override suspend fun refresh(): Snapshot {
        called("refresh")
        checkSignedIn()
        val read = holdings ?: throw LoyaltyException.NotFound(ErrorCode.GUEST_NOT_FOUND)
        show(SessionState(true, Connectivity.ONLINE, read))
        return read
    }

    override suspend fun history(after: HistoryCursor?, limit: Int): HistoryPage {
        called("history")
        checkSignedIn()
        val from = after?.text?.toInt() ?: 0
        val page = rows.drop(from).take(limit)
        val next = (from + page.size).takeIf { it < rows.size }
        return HistoryPage(page, next?.let { HistoryCursor(it.toString()) }, cutShort = null)
    }

    override suspend fun consents(): List<Consent> {
        called("consents")
        checkSignedIn()
        return consentsGiven
    }

    override suspend fun giveConsent(kind: ConsentKind): Consent {
        called("giveConsent")
        checkSignedIn()
        val given = Consent(kind, "1", Instant.EPOCH, "", null, null, current = true)
        consentsGiven = listOf(given) + consentsGiven.filterNot { it.kind == kind }
        return given
    }

    override suspend fun signOut(devices: Devices): SignOut {
        called("signOut")
        show(SessionState(false, current.connectivity, null))
        return SignOut.COMPLETE
    }

    /** Complete with eleven digits; the core's own formatting is not here. */
    override fun formatPhone(typed: String): PhoneInput = PhoneInput(typed, typed.count(Char::isDigit) == 11)

    /** Hundredths with a point; the core's own words are not here. */
    override fun word(amount: Bonus, signed: Boolean): BonusAmount {
        val number = plain(amount.hundredths)
        return BonusAmount(amount, number, number, "")
    }

    override fun word(amount: Money, signed: Boolean): MoneyAmount = MoneyAmount(amount, plain(amount.kopecks))

    override fun word(date: LocalDate): String = date.toString()

    private fun plain(hundredths: Long): String = java.math.BigDecimal.valueOf(hundredths, 2).toPlainString()

    override fun close() {
        states.value = states.value.copy(closed = true)
    }
}

/** A guest's own device in memory. */
public class FakeGuest : FakeSession(), LoyaltyGuest {
    /** Receipts by their references. */
    public val receipts: MutableMap<ReceiptReference, Receipt> = HashMap()

    /** What [tillCode] gives; `null` where the venue has none. */
    public var tillCodeToGive: TillCode? = null

    /** What [reminders] gives. */
    public var remindersToGive: List<Reminder> = emptyList()

    /** Whether the app has paused it. */
    public var paused: Boolean = false
        private set

    override suspend fun receipt(reference: ReceiptReference): Receipt {
        called("receipt")
        checkSignedIn()
        return receipts[reference] ?: throw LoyaltyException.NotFound(ErrorCode("not_found"))
    }

    override suspend fun tillCode(): TillCode {
        called("tillCode")
        checkSignedIn()
        return tillCodeToGive ?: throw LoyaltyException.Unsupported()
    }

    override suspend fun updateProfile(change: ProfileChange): GuestProfile {
        called("updateProfile")
        val guest = refresh().guest
        return guest.copy(firstName = change.firstName ?: guest.firstName)
    }

    override suspend fun withdrawConsent(kind: ConsentKind) {
        called("withdrawConsent")
        checkSignedIn()
        consentsGiven = consentsGiven.map {
            if (it.kind == kind) it.copy(withdrawnAt = Instant.EPOCH, withdrawnAtText = "", current = false) else it
        }
    }

    override suspend fun exportData(): String {
        called("exportData")
        checkSignedIn()
        return "{}"
    }

    override suspend fun requestDeletion(): Instant {
        called("requestDeletion")
        checkSignedIn()
        show(SessionState(false, current.connectivity, null))
        return Instant.EPOCH
    }

    override fun reminders(policy: ReminderPolicy): List<Reminder> = remindersToGive

    override suspend fun upkeep(): Unit = called("upkeep")

    override suspend fun pause() {
        called("pause")
        paused = true
    }

    override suspend fun resume() {
        called("resume")
        paused = false
    }
}

/** A kiosk in memory. */
public class FakeKiosk : FakeSession(), LoyaltyKiosk {
    /** The only till code that [identify] takes. */
    public var tillCode: String = "424242"

    override suspend fun identify(tillCode: String) {
        called("identify")
        checkNobodySignedIn()
        if (tillCode != this.tillCode) throw LoyaltyException.Conflict(ErrorCode.CODE_EXPIRED)
        signIn()
    }
}
