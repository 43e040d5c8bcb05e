package app.loyalty

import app.loyalty.ffi.Loyalty as Native
import java.time.Instant
import java.time.LocalDate
import java.util.concurrent.atomic.AtomicBoolean
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/** What a guest's device and a kiosk share, over the core. */
internal sealed class NativeSession(protected val native: Native) : LoyaltySession {
    override var language: Language
        get() = native.lang().lifted()
        set(value) = native.setLang(value.lowered())

    override val current: SessionState
        get() = answering { native.state().lifted() }

    override val state: Flow<SessionState> = flow {
        val subscription = native.subscribe()
        try {
            // Asked for one by one, so whoever is slow is given the newest, and nothing runs while nobody asks.
            while (true) {
                val state = calling { subscription.next() } ?: break
                emit(state.lifted())
            }
        } finally {
            subscription.cancel()
            subscription.close()
        }
    }

    override val knownProgramme: Programme?
        get() = answering { native.knownProgramme()?.lifted() }

    override suspend fun programme(): Programme = calling { native.programme().lifted() }

    override suspend fun requestCode(phone: String): CodeSent = calling { native.requestCode(phone).lifted() }

    override suspend fun confirm(phone: String, code: String): Unit = calling { native.confirm(phone, code) }

    override suspend fun register(form: RegistrationForm, consents: Set<ConsentKind>): Registered = calling {
        Registered(native.register(form.lowered(), consents.map(ConsentKind::lowered)))
    }

    override suspend fun refresh(): Snapshot = calling { native.refresh().lifted() }

    override suspend fun history(after: HistoryCursor?, limit: Int): HistoryPage = calling {
        native.history(after?.text, limit.coerceAtLeast(1).toUInt()).lifted()
    }

    override suspend fun consents(): List<Consent> = calling { native.consents().map { it.lifted() } }

    override suspend fun giveConsent(kind: ConsentKind): Consent = calling {
        native.giveConsent(kind.lowered()).lifted()
    }

    override suspend fun signOut(devices: Devices): SignOut = calling {
        native.signOut(devices.lowered()).lifted()
    }

    override fun formatPhone(typed: String): PhoneInput = Loyalty.formatPhone(typed)

    override fun word(amount: Bonus, signed: Boolean): BonusAmount = answering {
        native.wordBonus(amount, signed).lifted()
    }

    override fun word(amount: Money, signed: Boolean): MoneyAmount = answering {
        native.wordMoney(amount, signed).lifted()
    }

    override fun word(date: LocalDate): String = answering { native.wordDate(date) }

    private val closed = AtomicBoolean()

    override fun close() {
        // A second time there is nothing left to end, and the first may still be at it on another thread.
        if (closed.compareAndSet(false, true)) {
            native.end()
            native.close()
        }
    }
}

internal class NativeGuest(native: Native) : NativeSession(native), LoyaltyGuest {
    override suspend fun receipt(reference: ReceiptReference): Receipt = calling {
        native.receipt(reference.text).lifted()
    }

    override suspend fun tillCode(): TillCode = calling { native.tillCode().lifted() }

    override suspend fun updateProfile(change: ProfileChange): GuestProfile = calling {
        native.updateProfile(change.lowered()).lifted()
    }

    override suspend fun withdrawConsent(kind: ConsentKind): Unit = calling {
        native.withdrawConsent(kind.lowered())
    }

    override suspend fun exportData(): String = calling { native.exportData() }

    override suspend fun requestDeletion(): Instant = calling { native.requestDeletion() }

    override fun reminders(policy: ReminderPolicy): List<Reminder> = answering {
        native.reminders(policy.lowered()).map { it.lifted() }
    }

    override suspend fun upkeep(): Unit = calling { native.upkeep() }

    override suspend fun pause(): Unit = calling { native.pause() }

    override suspend fun resume(): Unit = calling { native.resume() }
}

internal class NativeKiosk(native: Native) : NativeSession(native), LoyaltyKiosk {
    override suspend fun identify(tillCode: String): Unit = calling { native.identify(tillCode) }

    // Whoever has gone must not stay because what they did was cancelled with them.
    override suspend fun signOut(devices: Devices): SignOut = callingInAnyCase {
        native.signOut(devices.lowered()).lifted()
    }
}
