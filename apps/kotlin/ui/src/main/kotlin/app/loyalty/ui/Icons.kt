package app.loyalty.ui

import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.SolidColor
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.StrokeJoin
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.graphics.vector.PathParser
import androidx.compose.ui.unit.dp

/** The screens' own line drawings, on a grid of 24 with lines of 2. */
internal object Icons {
    val back = lines("back", "M 20 12 L 4 12 M 11 5 L 4 12 L 11 19")
    val close = lines("close", "M 6 6 L 18 18 M 18 6 L 6 18")
    val chevron = lines("chevron", "M 9 5 L 16 12 L 9 19")
    val check = lines("check", "M 5 12.5 L 10 17.5 L 19 7")
    val home = lines("home", "M 4 11 L 12 4 L 20 11 L 20 20 L 14.5 20 L 14.5 14 L 9.5 14 L 9.5 20 L 4 20 Z")
    val history = lines("history", "M 4 6 L 20 6 M 4 12 L 20 12 M 4 18 L 13 18")
    val person = lines("person", "M 12 4 C 14.2 4 16 5.8 16 8 C 16 10.2 14.2 12 12 12 C 9.8 12 8 10.2 8 8 C 8 5.8 9.8 4 12 4 Z M 4.5 20.5 C 5.5 17 8.5 15.5 12 15.5 C 15.5 15.5 18.5 17 19.5 20.5")
    val qr = lines("qr", "M 4 4 L 9.5 4 L 9.5 9.5 L 4 9.5 Z M 14.5 4 L 20 4 L 20 9.5 L 14.5 9.5 Z M 4 14.5 L 9.5 14.5 L 9.5 20 L 4 20 Z M 14.5 14.5 L 14.6 14.5 M 20 14.5 L 20 14.6 M 17.3 17.3 L 17.4 17.3 M 14.5 20 L 14.6 20 M 20 20 L 20 20.1")
    val flame = lines("flame", "M 12 3 C 13 7 18 9.5 18 14.5 C 18 18.2 15.3 21 12 21 C 8.7 21 6 18.2 6 14.5 C 6 12 7.5 10.5 8.5 9 C 9 11 10 11.5 10.5 11.5 C 10 8.5 10.5 5.5 12 3 Z")
    val plus = lines("plus", "M 12 5 L 12 19 M 5 12 L 19 12")
    val minus = lines("minus", "M 5 12 L 19 12")
    val swap = lines("swap", "M 5 9 L 19 9 M 15 5 L 19 9 M 19 15 L 5 15 M 9 19 L 5 15")
    val refresh = lines("refresh", "M 19.5 12 C 19.5 16.1 16.1 19.5 12 19.5 C 7.9 19.5 4.5 16.1 4.5 12 C 4.5 7.9 7.9 4.5 12 4.5 C 15 4.5 17.5 6.2 18.8 8.7 M 19.3 4.5 L 19.3 9 L 14.8 9")
    val call = lines("call", "M 7 4 L 9.5 4 L 11 8.5 L 8.8 10.3 C 9.9 12.6 11.4 14.1 13.7 15.2 L 15.5 13 L 20 14.5 L 20 17 C 20 18.9 18.6 20.2 16.8 20 C 10.2 19.3 4.7 13.8 4 7.2 C 3.8 5.4 5.1 4 7 4 Z")
    val mail = lines("mail", "M 4 6 L 20 6 L 20 18.5 L 4 18.5 Z M 4 7 L 12 13 L 20 7")
    val place = lines("place", "M 12 21 C 8 16.5 5.5 13.5 5.5 10 C 5.5 6.4 8.4 3.5 12 3.5 C 15.6 3.5 18.5 6.4 18.5 10 C 18.5 13.5 16 16.5 12 21 Z M 12 8 C 13.1 8 14 8.9 14 10 C 14 11.1 13.1 12 12 12 C 10.9 12 10 11.1 10 10 C 10 8.9 10.9 8 12 8 Z")
    val offline = lines("offline", "M 4 4 L 20 20 M 5 10 C 6.2 8.9 7.6 8.1 9.2 7.6 M 13.5 7.2 C 15.6 7.5 17.5 8.5 19 10 M 8.3 13.6 C 9.3 12.7 10.6 12.2 12 12.2 M 12 18 L 12.1 18")
    val warning = lines("warning", "M 12 4 L 21 19.5 L 3 19.5 Z M 12 10 L 12 14 M 12 16.8 L 12.1 16.8")
    val gift = lines("gift", "M 4 9 L 20 9 L 20 13 L 4 13 Z M 5.5 13 L 5.5 20.5 L 18.5 20.5 L 18.5 13 M 12 9 L 12 20.5 M 12 9 C 8 9 6.5 7.5 7 5.8 C 7.7 3.8 11 4.5 12 9 C 13 4.5 16.3 3.8 17 5.8 C 17.5 7.5 16 9 12 9 Z")
    val star = lines("star", "M 12 3.5 L 14.6 9 L 20.5 9.7 L 16.1 13.8 L 17.3 19.8 L 12 16.8 L 6.7 19.8 L 7.9 13.8 L 3.5 9.7 L 9.4 9 Z")
    val sun = lines("sun", "M 12 8 C 14.2 8 16 9.8 16 12 C 16 14.2 14.2 16 12 16 C 9.8 16 8 14.2 8 12 C 8 9.8 9.8 8 12 8 Z M 12 2.5 L 12 4.2 M 12 19.8 L 12 21.5 M 2.5 12 L 4.2 12 M 19.8 12 L 21.5 12 M 5.3 5.3 L 6.5 6.5 M 17.5 17.5 L 18.7 18.7 M 5.3 18.7 L 6.5 17.5 M 17.5 6.5 L 18.7 5.3")
    val clock = lines("clock", "M 12 4 C 16.4 4 20 7.6 20 12 C 20 16.4 16.4 20 12 20 C 7.6 20 4 16.4 4 12 C 4 7.6 7.6 4 12 4 Z M 12 8 L 12 12.5 L 15 14.5")
    val receipt = lines("receipt", "M 6 3.5 L 18 3.5 L 18 20.5 L 16 19 L 14 20.5 L 12 19 L 10 20.5 L 8 19 L 6 20.5 Z M 9 8 L 15 8 M 9 12 L 15 12")
    val scanner = lines("scanner", "M 4 8 L 4 4 L 8 4 M 16 4 L 20 4 L 20 8 M 20 16 L 20 20 L 16 20 M 8 20 L 4 20 L 4 16 M 4 12 L 20 12")
    val backspace = lines("backspace", "M 9 5.5 L 20.5 5.5 L 20.5 18.5 L 9 18.5 L 3.5 12 Z M 11.5 9.5 L 16.5 14.5 M 16.5 9.5 L 11.5 14.5")
    val shift = lines("shift", "M 12 4.5 L 19.5 12 L 15.5 12 L 15.5 18.5 L 8.5 18.5 L 8.5 12 L 4.5 12 Z")
    val lock = lines("lock", "M 6 11 L 18 11 L 18 20 L 6 20 Z M 8.5 11 L 8.5 8 C 8.5 6 10 4.5 12 4.5 C 14 4.5 15.5 6 15.5 8 L 15.5 11")
    val update = lines("update", "M 12 4 L 12 15 M 7 10.5 L 12 15.5 L 17 10.5 M 5 20 L 19 20")
    val staff = lines("staff", "M 12 5.5 L 12 4 M 4 17 C 4 11 7.5 7 12 7 C 16.5 7 20 11 20 17 Z M 3 20 L 21 20")
    val moon = lines("moon", "M 19.5 14.5 C 18.5 15 17.4 15.2 16.2 15.2 C 12 15.2 8.8 12 8.8 7.8 C 8.8 6.6 9 5.5 9.5 4.5 C 6.5 5.6 4.5 8.5 4.5 11.8 C 4.5 16.1 7.9 19.5 12.2 19.5 C 15.5 19.5 18.4 17.5 19.5 14.5 Z")

    private fun lines(name: String, path: String): ImageVector = ImageVector.Builder(name, 24.dp, 24.dp, 24f, 24f).addPath(
        pathData = PathParser().parsePathString(path).toNodes(),
        stroke = SolidColor(Color.Black),
        strokeLineWidth = 2f,
        strokeLineCap = StrokeCap.Round,
        strokeLineJoin = StrokeJoin.Round,
    ).build()
}

/** A brand's logo in one colour, which is the tint's. */
internal fun logo(side: Int, paths: List<String>): ImageVector {
    val size = side.toFloat()
    return paths.fold(ImageVector.Builder("logo", side.dp, side.dp, size, size)) { drawing, path ->
        drawing.addPath(pathData = PathParser().parsePathString(path).toNodes(), fill = SolidColor(Color.Black))
    }.build()
}
