package app.loyalty.presenters

import app.loyalty.ErrorCode
import app.loyalty.LoyaltyException
import app.loyalty.TillCode
import app.loyalty.fakes.FakeGuest
import com.google.zxing.BinaryBitmap
import com.google.zxing.DecodeHintType
import com.google.zxing.MultiFormatReader
import com.google.zxing.RGBLuminanceSource
import com.google.zxing.common.HybridBinarizer
import java.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TestTimeSource
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.test.testTimeSource
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test

@OptIn(ExperimentalCoroutinesApi::class)
class CardTest {
    private val guest = FakeGuest().apply { signIn() }

    @Test
    fun `a short-lived code counts down and is followed by a new one`() = runTest {
        guest.tillCodeToGive = TillCode("482019375516", null, Duration.ofSeconds(10))
        val presenter = CardPresenter(guest, backgroundScope, testTimeSource)
        runCurrent()
        assertEquals(CardCondition.VALID, presenter.state.value.condition)
        assertEquals("0:10", presenter.state.value.expiresIn)
        advanceTimeBy(4_001)
        assertEquals(600, presenter.state.value.permille)
        advanceTimeBy(6_000)
        runCurrent()
        assertEquals(listOf("tillCode", "tillCode"), guest.calls)
        assertEquals("0:10", presenter.state.value.expiresIn)
    }

    @Test
    fun `an expired code is not shown any more, even when no new one can be had`() = runTest {
        guest.tillCodeToGive = TillCode("482019375516", null, Duration.ofSeconds(2))
        val presenter = CardPresenter(guest, backgroundScope, testTimeSource)
        runCurrent()
        guest.failure = LoyaltyException.Offline()
        advanceTimeBy(2_500)
        assertEquals(CardCondition.EXPIRED, presenter.state.value.condition)
        assertNull(presenter.state.value.code)
    }

    @Test
    fun `what expires while the device sleeps is not shown a moment longer`() = runTest {
        guest.tillCodeToGive = TillCode("482019375516", null, Duration.ofSeconds(10))
        val ticking = TestTimeSource()
        val presenter = CardPresenter(guest, backgroundScope, ticking)
        runCurrent()
        // No wait ends meanwhile: the device slept.
        ticking += 4.seconds
        presenter.wake()
        assertEquals("0:06", presenter.state.value.expiresIn)
        ticking += 6.seconds
        presenter.wake()
        assertEquals(CardCondition.EXPIRED, presenter.state.value.condition)
        assertNull(presenter.state.value.code)
        runCurrent()
        assertEquals("a new one is asked for, once", listOf("tillCode", "tillCode"), guest.calls)
        assertEquals("0:10", presenter.state.value.expiresIn)
    }

    @Test
    fun `a countdown that was held up goes on from where the time is`() = runTest {
        guest.tillCodeToGive = TillCode("482019375516", null, Duration.ofSeconds(10))
        val ticking = TestTimeSource()
        val presenter = CardPresenter(guest, backgroundScope, ticking)
        runCurrent()
        ticking += 7.seconds
        advanceTimeBy(1_001)
        assertEquals("0:03", presenter.state.value.expiresIn)
    }

    @Test
    fun `a code that could not be had is asked for again when the guest looks again`() = runTest {
        guest.tillCodeToGive = TillCode("482019375516", null, null)
        guest.failure = LoyaltyException.Storage(ErrorCode.STORAGE_CLOSED)
        val presenter = CardPresenter(guest, backgroundScope, testTimeSource)
        runCurrent()
        assertEquals(Cause.PAUSED, presenter.state.value.problem?.cause)
        guest.failure = null
        presenter.wake()
        runCurrent()
        assertEquals(CardCondition.VALID, presenter.state.value.condition)
        presenter.wake()
        runCurrent()
        assertEquals("one that is good is left alone", 2, guest.calls.size)
    }

    @Test
    fun `without codes, or without a connection, the guest is told to say the number`() = runTest {
        assertEquals(CardCondition.TELL_NUMBER, CardPresenter(guest, backgroundScope).also { runCurrent() }.state.value.condition)
        guest.failure = LoyaltyException.Offline()
        assertEquals(CardCondition.NOTHING_KEPT, CardPresenter(guest, backgroundScope).also { runCurrent() }.state.value.condition)
    }

    @Test
    fun `a scanner reads from the grids what was put into them`() {
        for (grid in listOf(Grid.qr("482019375516"), Grid.bars("482019375516"))) assertEquals("482019375516", scanned(grid))
    }

    private fun scanned(grid: Grid): String {
        val (scale, margin) = 4 to 12
        val tall = if (grid.height == 1) 60 else grid.height * scale
        val (width, height) = (grid.width + 2 * margin) * scale to tall + 2 * margin * scale
        val pixels = IntArray(width * height) { place ->
            val x = place % width / scale - margin
            val y = if (grid.height == 1) 0 else place / width / scale - margin
            if (x in 0 until grid.width && y in 0 until grid.height && grid.isDark(x, y)) 0 else 0xFFFFFF
        }
        val picture = BinaryBitmap(HybridBinarizer(RGBLuminanceSource(width, height, pixels)))
        return MultiFormatReader().decode(picture, mapOf(DecodeHintType.TRY_HARDER to true)).text
    }
}
