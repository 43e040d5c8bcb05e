package app.loyalty.android

import android.app.Activity
import android.content.Intent
import android.content.pm.ProviderInfo
import android.database.Cursor
import android.database.MatrixCursor
import android.database.sqlite.SQLiteException
import android.net.Uri
import android.os.CancellationSignal
import android.os.ParcelFileDescriptor
import android.provider.DocumentsContract
import android.provider.DocumentsContract.Document
import android.provider.DocumentsProvider
import java.io.File
import java.io.FileNotFoundException
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowToast

/** Another app's places for documents, one file each, of which a test says how they fail. */
class Places : DocumentsProvider() {
    override fun onCreate() = true

    override fun openDocument(documentId: String, mode: String, signal: CancellationSignal?): ParcelFileDescriptor {
        failure?.let { throw it }
        if (breaksOff) {
            breaksOff = false
            file(documentId).writeText("{")
            return ParcelFileDescriptor.open(file(documentId), ParcelFileDescriptor.MODE_READ_ONLY)
        }
        return ParcelFileDescriptor.open(file(documentId), ParcelFileDescriptor.parseMode(mode))
    }

    override fun deleteDocument(documentId: String) {
        if (!deletes) throw UnsupportedOperationException()
        if (!file(documentId).delete()) throw FileNotFoundException()
    }

    override fun queryRoots(projection: Array<String>?): Cursor? = null

    override fun queryDocument(documentId: String, projection: Array<String>?): Cursor = MatrixCursor(projection).apply {
        silence?.let { throw it }
        newRow().add(Document.COLUMN_SIZE, file(documentId).length().takeIf { tellsSizes })
    }

    override fun queryChildDocuments(parentId: String, projection: Array<String>?, order: String?): Cursor? = null

    companion object {
        const val AUTHORITY = "another.app.documents"
        lateinit var folder: File
        var failure: Exception? = null

        /** Whether the next document to be opened takes a beginning and no more. */
        var breaksOff = false
        var tellsSizes = true
        var deletes = true

        /** How it fails to say anything of a document. */
        var silence: Exception? = null

        fun file(id: String) = File(folder, id)
    }
}

/** The guest asks for their data, and finds all of it where they wanted it, or no document at all. */
class ExportTest : PhoneTest() {
    private val document: Uri = DocumentsContract.buildDocumentUri(Places.AUTHORITY, NAME)
    private val file get() = Places.file(NAME)

    @Before
    fun anotherAppHasPlaces() {
        Places.folder = File(app.cacheDir, "places").apply { mkdirs() }
        Places.failure = null
        Places.breaksOff = false
        Places.tellsSizes = true
        Places.deletes = true
        Places.silence = null
        val info = ProviderInfo().apply {
            authority = Places.AUTHORITY
            exported = true
            grantUriPermissions = true
            readPermission = android.Manifest.permission.MANAGE_DOCUMENTS
            writePermission = android.Manifest.permission.MANAGE_DOCUMENTS
        }
        Robolectric.buildContentProvider(Places::class.java).create(info)
    }

    /** The guest asks, and the system asks where to. */
    private fun ask() {
        tap(words.profile.export)
        await("the system asks for a place") { asked != null }
    }

    private val asked get() = shadowOf(activity).peekNextStartedActivityForResult()?.takeIf { it.intent.action == Intent.ACTION_CREATE_DOCUMENT }

    /** The guest has chosen a place, where the system has made an empty document, or a document that [was] there before. */
    private fun choose(request: Int, was: String = "") {
        file.writeText(was)
        rule.runOnIdle { activity.activityResultRegistry.dispatchResult(request, Activity.RESULT_OK, Intent().setData(document)) }
    }

    /** Where it fails, and the guest is told. */
    private fun exportInto(was: String) {
        ShadowToast.reset()
        ask()
        choose(shadowOf(activity).nextStartedActivityForResult.requestCode, was)
        await("the guest is told") { ShadowToast.getTextOfLatestToast() == words.problem.storage }
    }

    private fun onProfile(phone: String) {
        arrive(phone)
        tap(words.profile.title)
        awaitText(words.profile.export)
    }

    @Test
    fun `the document holds all that the guest asked for, and takes the place of what was there`() {
        onProfile("+79161110100")
        ask()
        choose(asked!!.requestCode, was = "x".repeat(100_000))
        await("it is written") { file.length() in 1..99_999 && ShadowToast.getTextOfLatestToast() == words.profile.saved }
        assertTrue(file.readText().contains("79161110100"))
        assertTrue(file.readText().trim().run { startsWith("{") && endsWith("}") })
    }

    @Test
    fun `where another app does not take the document, however it refuses, none stays and the guest is told`() {
        onProfile("+79161110101")
        for (refusal in listOf(SecurityException(), IllegalArgumentException(), FileNotFoundException(), IllegalStateException(), UnsupportedOperationException())) {
            Places.failure = refusal
            exportInto("")
            assertFalse("$refusal leaves a document", file.exists())
        }
    }

    @Test
    fun `where writing breaks off nothing of it stays, and a document of the guest's own is not removed`() {
        onProfile("+79161110104")
        Places.breaksOff = true
        exportInto("")
        assertFalse(file.exists())
        Places.breaksOff = true
        exportInto(OWN)
        assertEquals("", file.readText())
        Places.breaksOff = true
        Places.deletes = false
        exportInto("")
        assertEquals("", file.readText())
    }

    @Test
    fun `an app that breaks down over the question what is there still gets the document`() {
        onProfile("+79161110106")
        Places.silence = SQLiteException()
        ask()
        choose(asked!!.requestCode)
        await("it is written") { file.length() > 0 && ShadowToast.getTextOfLatestToast() == words.profile.saved }
    }

    @Test
    fun `a document of the guest's own that cannot be written is left as it was, also where its size is not told`() {
        onProfile("+79161110105")
        Places.failure = FileNotFoundException()
        for (tells in listOf(true, false)) {
            Places.tellsSizes = tells
            exportInto(OWN)
            assertEquals(OWN, file.readText())
        }
    }

    @Test
    fun `after the process in which the guest asked has ended, no empty document stays, their own does, and the guest is told`() {
        onProfile("+79161110102")
        for (was in listOf("", OWN)) {
            ShadowToast.reset()
            ask()
            val request = shadowOf(activity).nextStartedActivityForResult.requestCode
            die()
            awaitText(words.profile.export)
            choose(request, was)
            await("the guest is told") { ShadowToast.getTextOfLatestToast() == words.problem.storage }
            assertEquals(was.takeIf { it.isNotEmpty() }, file.takeIf(File::exists)?.readText())
        }
    }

    @Test
    fun `on a phone that has no place for documents the guest is told`() {
        onProfile("+79161110103")
        shadowOf(app).checkActivities(true)
        try {
            tap(words.profile.export)
            await("the guest is told") { ShadowToast.getTextOfLatestToast() == words.problem.title }
        } finally {
            shadowOf(app).checkActivities(false)
        }
        assertEquals(null, app.opening.exported)
    }

    private companion object {
        const val NAME = "loyalty.json"
        const val OWN = "what the guest wrote"
    }
}
