package app.loyalty.kiosk

import com.sun.jna.Library
import com.sun.jna.Native
import com.sun.jna.NativeLong
import com.sun.jna.Pointer
import com.sun.jna.ptr.IntByReference
import com.sun.jna.ptr.NativeLongByReference

/** Which window of an X server the keys go to. */
internal class Focus(private val display: String) {
    /** While [work] lasts, to no window at all. */
    fun elsewhere(work: () -> Unit) {
        val connection = checkNotNull(X11.library.XOpenDisplay(display)) { display }
        try {
            val (window, revert) = NativeLongByReference() to IntByReference()
            X11.library.XGetInputFocus(connection, window, revert)
            give(connection, NOBODY)
            try {
                work()
            } finally {
                give(connection, window.value)
            }
        } finally {
            X11.library.XCloseDisplay(connection)
        }
    }

    private fun give(connection: Pointer, window: NativeLong) {
        X11.library.XSetInputFocus(connection, window, TO_PARENT, NOW)
        X11.library.XSync(connection, 0)
    }

    @Suppress("FunctionName")
    private interface X11 : Library {
        fun XOpenDisplay(name: String): Pointer?
        fun XGetInputFocus(display: Pointer, window: NativeLongByReference, revert: IntByReference): Int
        fun XSetInputFocus(display: Pointer, window: NativeLong, revert: Int, time: NativeLong): Int
        fun XSync(display: Pointer, discard: Int): Int
        fun XCloseDisplay(display: Pointer): Int

        companion object {
            val library: X11 = Native.load("libX11.so.6", X11::class.java)
        }
    }

    private companion object {
        const val TO_PARENT = 2
        val NOW = NativeLong(0)
        val NOBODY = NativeLong(0)
    }
}
