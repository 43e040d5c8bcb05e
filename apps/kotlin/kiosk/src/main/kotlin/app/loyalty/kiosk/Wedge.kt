package app.loyalty.kiosk

/**
 * Recognises a scanner that poses as a keyboard: it types faster than hands can and ends with Enter. Times are the keys' own,
 * in milliseconds; when they are handled says more about how busy we are.
 *
 * The digits have been typed by then like any others; the scan takes their place.
 */
class Wedge(private val gap: Long = 80, private val least: Int = 6) {
    private val typed = CharArray(MOST)
    private var length = 0
    private var lastAt = 0L

    /** A digit came. */
    fun key(digit: Char, at: Long) {
        if (at - lastAt > gap || length == MOST) forget()
        typed[length++] = digit
        lastAt = at
    }

    /** Enter came: the code, if what came before it was a scan. */
    fun enter(at: Long): String? {
        val code = if (at - lastAt <= gap && length >= least) String(typed, 0, length) else null
        forget()
        return code
    }

    /** Keeps nothing of what was typed. */
    fun forget() {
        typed.fill('\u0000')
        length = 0
    }

    private companion object {
        const val MOST = 64
    }
}
