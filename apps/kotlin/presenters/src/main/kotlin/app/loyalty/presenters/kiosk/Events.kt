package app.loyalty.presenters.kiosk

import app.loyalty.ConsentKind
import app.loyalty.RegistrationForm
import app.loyalty.presenters.CodeError
import app.loyalty.presenters.ConsentView
import app.loyalty.presenters.Holdings
import app.loyalty.presenters.Problem
import app.loyalty.presenters.RegisterAction
import app.loyalty.words.Language

/** What a person before the kiosk did. */
sealed interface KioskAction {
    /** The screen was touched, or a key pressed, without any other meaning. */
    data object Touch : KioskAction
    data class Speak(val language: Language) : KioskAction
    data object Start : KioskAction

    /** A digit, on the keypad or on a keyboard. */
    data class Digit(val digit: Char) : KioskAction
    data object DeleteDigit : KioskAction
    data object Clear : KioskAction

    /** What the screen's main button does. */
    data object GoOn : KioskAction

    /** Read by the scanner. */
    data class Scanned(val code: String) : KioskAction {
        // Whoever knows the code is taken for the guest.
        override fun toString() = "Scanned"
    }
    data object Resend : KioskAction
    data object ChangePhone : KioskAction
    data class Form(val action: RegisterAction) : KioskAction
    data class Focus(val field: Field) : KioskAction

    /** A letter of the screen's keyboard. */
    data class Key(val letter: Char) : KioskAction
    data object Shift : KioskAction
    data object OtherLetters : KioskAction

    /** Ends the visit. */
    data object Finish : KioskAction
    data object Stay : KioskAction
    data object OpenStaff : KioskAction
    data object Restart : KioskAction
}

/** Everything that the kiosk's machine reacts to. */
sealed interface KioskEvent {
    data class Did(val action: KioskAction) : KioskEvent

    /** Time has passed. */
    data object Tick : KioskEvent

    /** An answer to the request with this number; one that is no longer awaited is ignored. */
    data class Answered(val request: Long, val answer: Answer) : KioskEvent

    /** Whether the kiosk can work at all, as a look at the gateway said; [refused] when the gateway does not take the kiosk. */
    data class Looked(val outage: String?, val refused: Boolean = false) : KioskEvent

    /** What the guest holds, in another language. */
    data class Reworded(val holdings: Holdings) : KioskEvent

    /** The venue has closed until it opens again at the beginning of these hours, or has opened (`null`). */
    data class Hours(val closed: String?) : KioskEvent
}

/** What came of a request. */
sealed interface Answer {
    data class CodeSent(val resendAfterMillis: Long, val digits: Int, val masked: String) : Answer

    /** The guest is signed in and has been read. */
    data class Known(val name: String?, val phone: String?, val holdings: Holdings) : Answer

    /** The guest is signed in, and the form or the consents alone have to be asked first. */
    data class Newcomer(val consentsOnly: Boolean, val consents: List<ConsentView>) : Answer
    data class Refused(val problem: Problem, val code: CodeError? = null, val invalidPhone: Boolean = false) : Answer
    data class ScanRefused(val because: ScanRefusal) : Answer
    data class FormRefused(val problem: Problem, val field: String?) : Answer
    data class Pin(val right: Boolean, val set: Boolean, val report: DeviceReport?) : Answer
}

/** What the machine asks of the world. */
sealed interface KioskEffect {
    data class RequestCode(val request: Long, val phone: String) : KioskEffect
    data class Confirm(val request: Long, val phone: String, val code: String) : KioskEffect
    data class Identify(val request: Long, val tillCode: String) : KioskEffect
    data class Register(val request: Long, val form: RegistrationForm?, val consents: Set<ConsentKind>) : KioskEffect
    data class CheckPin(val request: Long, val pin: String) : KioskEffect

    /** Keep this where the next start of the program finds it. */
    data class KeepTries(val tries: PinTries) : KioskEffect

    /** Nothing waits for the requests under way any more. */
    data object CancelRequests : KioskEffect

    /** The guest is gone: drop the session and everything that was read. */
    data object Wipe : KioskEffect
    data class Speak(val language: Language) : KioskEffect
    data object Restart : KioskEffect
}
