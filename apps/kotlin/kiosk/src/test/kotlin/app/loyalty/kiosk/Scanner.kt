package app.loyalty.kiosk

import com.sun.jna.Library
import com.sun.jna.Native
import com.sun.jna.NativeLong
import com.sun.jna.Pointer

/**
 * A scanner that poses as a keyboard. All its keys reach the X server in one piece: sent one by one, they would come as
 * slowly as a person's wherever other programs want the processor.
 */
internal class Scanner(private val display: String) {
    fun reads(code: String) {
        val connection = checkNotNull(X11.library.XOpenDisplay(display)) { display }
        try {
            for (symbol in code.map { it.code } + RETURN) {
                val key = X11.library.XKeysymToKeycode(connection, NativeLong(symbol.toLong())).toInt() and 255
                for (down in listOf(1, 0)) Test.library.XTestFakeKeyEvent(connection, key, down, NativeLong(0))
            }
            X11.library.XSync(connection, 0)
        } finally {
            X11.library.XCloseDisplay(connection)
        }
    }

    @Suppress("FunctionName")
    private interface X11 : Library {
        fun XOpenDisplay(name: String): Pointer?
        fun XKeysymToKeycode(display: Pointer, symbol: NativeLong): Byte
        fun XSync(display: Pointer, discard: Int): Int
        fun XCloseDisplay(display: Pointer): Int

        companion object {
            val library: X11 = Native.load("libX11.so.6", X11::class.java)
        }
    }

    @Suppress("FunctionName")
    private interface Test : Library {
        fun XTestFakeKeyEvent(display: Pointer, key: Int, down: Int, delay: NativeLong): Int

        companion object {
            val library: Test = Native.load("libXtst.so.6", Test::class.java)
        }
    }

    private companion object {
        const val RETURN = 0xff0d
    }
}
