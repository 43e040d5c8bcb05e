package app.loyalty.kiosk

/** What a run of keys was. */
sealed interface Typed {
    /** By hand, or too short for a code: each is a key of its own. */
    data class Keys(val letters: String, val entered: Boolean) : Typed

    /** By a scanner, which types faster than hands can and ends with Enter. */
    data class Scan(val code: String) : Typed {
        // Whoever knows the code is taken for the guest.
        override fun toString() = "Scan"
    }
}

/**
 * Tells a scanner that poses as a keyboard from a person. A key is held back until it is known whether another follows
 * within [gap] milliseconds; times are milliseconds of any clock that only goes forward.
 */
class Wedge(private val gap: Long = 45, private val least: Int = 6, private val most: Int = 64) {
    private val held = StringBuilder()
    private var lastAt = 0L

    /** Whether something is held back. */
    val holds: Boolean get() = held.isNotEmpty()

    /** A key came; what is certain now, if anything is. */
    fun key(letter: Char, at: Long): Typed? {
        val before = if (held.isNotEmpty() && at - lastAt > gap || held.length >= most) release(entered = false) else null
        held.append(letter)
        lastAt = at
        return before
    }

    /** Enter came. */
    fun enter(at: Long): Typed {
        val quick = at - lastAt <= gap
        if (quick && held.length >= least) return Typed.Scan(held.toString()).also { held.clear() }
        return release(entered = true)
    }

    /** Nothing came for a while. */
    fun silence(at: Long): Typed? = if (holds && at - lastAt > gap) release(entered = false) else null

    private fun release(entered: Boolean): Typed = Typed.Keys(held.toString(), entered).also { held.clear() }
}
