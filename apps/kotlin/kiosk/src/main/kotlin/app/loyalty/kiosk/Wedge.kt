package app.loyalty.kiosk

/**
 * Recognises a scanner that poses as a keyboard: it types faster than hands can and ends with Enter. Times are the keys' own,
 * in milliseconds. A key or two may come late (the memory of the guest before is being cleared just then); a hand is slow at
 * most of them.
 *
 * Digits are held back for as long as they may be the beginning of a scan: a scan is no typing, and would fill in whatever
 * field is there.
 */
class Wedge(private val gap: Long = 80, private val pause: Long = 700, private val least: Int = 6) {
    private val typed = CharArray(MOST)
    private var length = 0
    private var told = 0
    private var quick = 0
    private var lastAt = 0L

    /** A digit came; what came before it and was a hand's after all is returned. */
    fun key(digit: Char, at: Long): String {
        val before = if (at - lastAt > gap || length == MOST) byHand() else ""
        if (at - lastAt > pause || length == MOST) forget()
        if (length > 0 && at - lastAt <= gap) quick++
        typed[length++] = digit
        lastAt = at
        return before
    }

    /** The digits that were held back; nothing quick has followed them, or another key. */
    fun byHand(): String = String(typed, told, length - told).also { told = length }

    /** Enter came: the code, if what came before it was a scan; else what was held back is a hand's. */
    fun enter(at: Long): String? {
        if (at - lastAt <= gap) quick++
        // As many gaps as digits, the one before Enter among them.
        val scanned = at - lastAt <= pause && length >= least && quick * 4 >= length * 3
        if (!scanned) return null
        return String(typed, 0, length).also { forget() }
    }

    /** Keeps nothing of what was typed. */
    fun forget() {
        typed.fill('\u0000')
        length = 0
        told = 0
        quick = 0
    }

    private companion object {
        const val MOST = 64
    }
}
