package app.loyalty.kiosk

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.text.BasicText
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.withFrameNanos
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.window.Window
import androidx.compose.ui.window.WindowPlacement
import androidx.compose.ui.window.application
import androidx.compose.ui.window.rememberWindowState

/** What the kiosk's start is measured against: a window of the same kind with one text in it, and nothing of ours. */
fun main() = application {
    Window(
        onCloseRequest = ::exitApplication,
        state = rememberWindowState(placement = WindowPlacement.Fullscreen),
        undecorated = true,
        resizable = false,
        alwaysOnTop = true,
    ) {
        LaunchedEffect(Unit) {
            withFrameNanos {}
            System.err.println("bare: first frame")
        }
        Box(Modifier.fillMaxSize().background(Color.White), contentAlignment = Alignment.Center) { BasicText("Bare") }
    }
}
