package app.loyalty.android

import android.content.ContentResolver
import android.net.Uri
import android.provider.DocumentsContract
import android.provider.DocumentsContract.Document
import java.io.FileNotFoundException
import java.io.IOException

/**
 * Writes what the guest has asked for into the document they have chosen a place for: all of it, or else nothing of it stays.
 * Whoever finds half of their data later would take it for the whole.
 *
 * The guest may have chosen a document of their own to be overwritten. It is theirs: only one that was made for this, and
 * is empty therefore, is removed.
 */
class Export(private val resolver: ContentResolver) {
    /** Whether all of it is there now. */
    fun write(place: Uri, json: String): Boolean {
        val made = isEmpty(place)
        var begun = false
        val written = attempted {
            val stream = resolver.openOutputStream(place, "wt") ?: throw FileNotFoundException()
            begun = true
            stream.use { it.write(json.toByteArray()) }
        }
        if (!written && !(made && removed(place)) && begun) {
            // What was there is lost already, and half of what should be there tells a lie.
            attempted { resolver.openOutputStream(place, "wt")?.close() }
        }
        return written
    }

    /** The document that was made for it, where there is nothing to write into it. */
    fun remove(place: Uri) {
        if (isEmpty(place)) removed(place)
    }

    private fun removed(place: Uri): Boolean {
        var gone = false
        attempted { gone = DocumentsContract.deleteDocument(resolver, place) }
        return gone
    }

    /** Whether the other app says so. Of whose size it says nothing, that may hold anything. */
    private fun isEmpty(place: Uri): Boolean {
        var size: Long? = null
        attempted {
            resolver.query(place, arrayOf(Document.COLUMN_SIZE), null, null)?.use { answer ->
                val column = answer.getColumnIndex(Document.COLUMN_SIZE)
                if (column >= 0 && answer.moveToFirst() && !answer.isNull(column)) size = answer.getLong(column)
            }
        }
        return size == 0L
    }

    /** A place may lie in any other app, which may fail as it likes. */
    private fun attempted(call: () -> Unit): Boolean = try {
        call()
        true
    } catch (_: IOException) {
        false
    } catch (_: RuntimeException) {
        false
    }
}
