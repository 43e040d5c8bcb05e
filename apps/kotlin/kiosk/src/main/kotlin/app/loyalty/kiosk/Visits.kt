package app.loyalty.kiosk

import app.loyalty.ConsentKind
import app.loyalty.ErrorCode
import app.loyalty.LoyaltyException
import app.loyalty.LoyaltyKiosk
import app.loyalty.RegistrationForm
import app.loyalty.presenters.Problem
import app.loyalty.presenters.consentView
import app.loyalty.presenters.codeError
import app.loyalty.presenters.holdings
import app.loyalty.presenters.kiosk.Answer
import app.loyalty.presenters.kiosk.KioskEffect
import app.loyalty.presenters.kiosk.ScanRefusal
import app.loyalty.words.Language

/** What the machine asks of the core, and the answers in the machine's words. */
internal class Visits(private val session: LoyaltyKiosk, private val language: () -> Language) {
    /**
     * Does what [effect] asks. Whoever signs in is alone: what is left of a sign-in that failed half-way or is still under way
     * may be another guest's.
     */
    suspend fun answer(effect: KioskEffect): Answer? = try {
        when (effect) {
            is KioskEffect.RequestCode -> {
                val sent = session.requestCode(effect.phone)
                Answer.CodeSent(sent.resendAfter.toMillis(), sent.digits, masked(effect.phone))
            }
            is KioskEffect.Confirm -> {
                forget(session)
                session.confirm(effect.phone, effect.code)
                read()
            }
            is KioskEffect.Identify -> {
                forget(session)
                session.identify(effect.tillCode)
                read()
            }
            is KioskEffect.Register -> register(effect.form, effect.consents)
            else -> null
        }
    } catch (failure: LoyaltyException) {
        refused(effect, failure)
    }

    private suspend fun read(): Answer = try {
        val snapshot = session.refresh()
        Answer.Known(snapshot.guest.firstName?.let(::maskedName), snapshot.guest.phoneMasked, holdings(snapshot, language().words))
    } catch (failure: LoyaltyException) {
        when (failure.code) {
            ErrorCode.GUEST_NOT_FOUND -> Answer.Newcomer(consentsOnly = false, consents())
            ErrorCode.CONSENT_REQUIRED -> Answer.Newcomer(consentsOnly = true, consents())
            else -> throw failure
        }
    }

    private suspend fun consents() = session.programme().consents.map(::consentView)

    private suspend fun register(form: RegistrationForm?, consents: Set<ConsentKind>): Answer {
        if (form == null) consents.forEach { session.giveConsent(it) } else session.register(form, consents)
        return read()
    }

    private fun refused(effect: KioskEffect, failure: LoyaltyException): Answer {
        val problem = Problem.of(failure)
        val field = (failure as? LoyaltyException.InvalidInput)?.field ?: (failure as? LoyaltyException.Rejected)?.field
        return when {
            effect is KioskEffect.Register -> Answer.FormRefused(problem, field)
            effect is KioskEffect.Identify && failure is LoyaltyException.Conflict -> Answer.ScanRefused(ScanRefusal.EXPIRED)
            effect is KioskEffect.Identify && (failure is LoyaltyException.NotFound || failure is LoyaltyException.InvalidInput || failure is LoyaltyException.Rejected) ->
                Answer.ScanRefused(ScanRefusal.UNKNOWN)
            else -> Answer.Refused(problem, codeError(failure), invalidPhone = failure is LoyaltyException.InvalidInput)
        }
    }

    internal companion object {
        /** Drops the session of the guest who has gone, and whatever would still become one. */
        suspend fun forget(session: LoyaltyKiosk) {
            try {
                session.signOut()
            } catch (_: LoyaltyException) {
                // On this device the guest is signed out either way; the gateway lets the session run out.
            }
        }
    }

    /** Only the last four digits, as in everything that others may see. */
    private fun masked(phone: String): String = phone.filter(Char::isDigit).takeLast(4).let { "+7 ••• •••-${it.take(2)}-${it.drop(2)}" }
}

/** The first and the last letter of a name: enough for a guest to know it, too little for the next in the queue. */
internal fun maskedName(name: String): String {
    val letters = name.trim()
    return if (letters.length < 3) "${letters.take(1)}•" else "${letters.first()}••${letters.last()}"
}
