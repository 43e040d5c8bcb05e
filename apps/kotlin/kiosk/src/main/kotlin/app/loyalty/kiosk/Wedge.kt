package app.loyalty.kiosk

/**
 * Recognises a scanner that poses as a keyboard: it types faster than hands can and ends with Enter. Times are the keys' own,
 * in milliseconds. A key or two may come late (the memory of the guest before is being cleared just then); a hand is slow at
 * most of them.
 *
 * The digits have been typed by then like any others; the scan takes their place.
 */
class Wedge(private val gap: Long = 80, private val pause: Long = 700, private val least: Int = 6) {
    private val typed = CharArray(MOST)
    private var length = 0
    private var quick = 0
    private var lastAt = 0L

    /** A digit came. */
    fun key(digit: Char, at: Long) {
        if (at - lastAt > pause || length == MOST) forget()
        if (length > 0 && at - lastAt <= gap) quick++
        typed[length++] = digit
        lastAt = at
    }

    /** Enter came: the code, if what came before it was a scan. */
    fun enter(at: Long): String? {
        if (at - lastAt <= gap) quick++
        // As many gaps as digits, the one before Enter among them.
        val scanned = at - lastAt <= pause && length >= least && quick * 4 >= length * 3
        val code = if (scanned) String(typed, 0, length) else null
        forget()
        return code
    }

    /** Keeps nothing of what was typed. */
    fun forget() {
        typed.fill('\u0000')
        length = 0
        quick = 0
    }

    private companion object {
        const val MOST = 64
    }
}
