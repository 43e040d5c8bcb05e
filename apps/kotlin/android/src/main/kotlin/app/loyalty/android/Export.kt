package app.loyalty.android

import android.content.ContentResolver
import android.net.Uri
import android.provider.DocumentsContract
import java.io.FileNotFoundException
import java.io.IOException

/**
 * Writes what the guest has asked for into the document they have chosen a place for: all of it, or else no document stays.
 * Whoever finds half of their data later would take it for the whole.
 */
class Export(private val resolver: ContentResolver) {
    /** Whether all of it is there now. */
    fun write(place: Uri, json: String): Boolean {
        val written = attempted {
            val stream = resolver.openOutputStream(place, "wt") ?: throw FileNotFoundException()
            stream.use { it.write(json.toByteArray()) }
        }
        if (!written) remove(place)
        return written
    }

    /** The document that was made for it, where there is nothing to write into it. */
    fun remove(place: Uri): Boolean = attempted { DocumentsContract.deleteDocument(resolver, place) }

    /** A place may lie in any other app, which may fail as it likes. */
    private fun attempted(call: () -> Unit): Boolean = try {
        call()
        true
    } catch (_: IOException) {
        false
    } catch (_: SecurityException) {
        false
    } catch (_: IllegalArgumentException) {
        false
    } catch (_: IllegalStateException) {
        false
    } catch (_: UnsupportedOperationException) {
        false
    }
}
