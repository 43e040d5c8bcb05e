package app.loyalty.presenters.kiosk

import app.loyalty.presenters.CodeError
import app.loyalty.presenters.Grid
import app.loyalty.presenters.Holdings
import app.loyalty.presenters.Problem
import app.loyalty.presenters.RegisterState
import app.loyalty.presenters.Wait
import app.loyalty.words.Language

/**
 * Everything that a kiosk shows.
 *
 * @property visit counts the guests: whatever is kept beside this state (scroll positions, focus) is keyed by it, so that
 *   nothing of one guest reaches the next.
 * @property warning the question whether the guest is still there.
 */
data class KioskState(
    val language: Language,
    val stage: Stage,
    val visit: Long = 0,
    val warning: Warning? = null,
)

/** The screen will be cleared in [secondsLeft]; [canStay] unless the guest has stayed ten times. */
data class Warning(val secondsLeft: Int, val canStay: Boolean)

/** One screen of the kiosk. */
sealed interface Stage {
    /** Whether nobody's data can be on the screen. */
    val resting: Boolean get() = false

    /** Waiting for a guest. [appLink] leads to the phone's app. */
    data object Attract : Stage {
        override val resting get() = true
    }

    /**
     * Asks for the phone.
     *
     * @property phone as it is shown while typing.
     * @property scanRefused whether a code was scanned that did not work.
     */
    data class Identify(
        val phone: String = "",
        val complete: Boolean = false,
        val invalid: Boolean = false,
        val scan: ScanRefusal? = null,
        val wait: Wait = Wait.NONE,
        val problem: Problem? = null,
    ) : Stage

    /** Asks for the code that was sent to [phone], which is shown masked. */
    data class Code(
        val phone: String,
        val masked: String,
        val digits: String = "",
        val length: Int = 6,
        val wait: Wait = Wait.NONE,
        val error: CodeError? = null,
        val problem: Problem? = null,
        val resendIn: String? = null,
    ) : Stage

    /** Asks a newcomer's form. [field] is the one that the screen's keyboard types into. */
    data class Register(val form: RegisterState, val field: Field, val shift: Boolean = true, val latin: Boolean = false) : Stage

    /** What the guest holds; nobody beside the guest should learn who it is, so name and phone are masked. */
    data class Result(
        val name: String?,
        val phone: String?,
        val holdings: Holdings,
        val app: Grid?,
        val welcome: Boolean = false,
    ) : Stage

    /** All is erased, and the guest is told so. */
    data class Done(val secondsLeft: Int) : Stage {
        override val resting get() = true
    }

    /** Out of opening hours, which are as `9:00–23:00`. */
    data class Closed(val hours: String) : Stage {
        override val resting get() = true
    }

    /** It cannot work at the moment. [id] is what staff tell support. */
    data class Outage(val id: String) : Stage {
        override val resting get() = true
    }

    /** For staff alone; it never leads to a guest's data. */
    data class Staff(
        val pin: String = "",
        val triesLeft: Int? = null,
        val lockedFor: String? = null,
        val notSet: Boolean = false,
        val checking: Boolean = false,
        val device: DeviceReport? = null,
    ) : Stage {
        override val resting get() = false
    }
}

/** Why a scanned code did not work. */
enum class ScanRefusal { UNKNOWN, EXPIRED }

/** What the screen's keyboard types into. */
enum class Field { NAME, BIRTHDAY, EMAIL }

/** Whether the kiosk's own credential works. */
enum class CredentialState { VALID, MISSING, REFUSED, UNKNOWN }

/** What staff see of the device. [lastSuccess] is a date and time at the venue. */
data class DeviceReport(val device: String, val credential: CredentialState, val version: String, val lastSuccess: String?)
