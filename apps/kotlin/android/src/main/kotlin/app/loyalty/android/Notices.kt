package app.loyalty.android

import app.loyalty.ui.phone.NoticeText

/** Reads the asset `notices.txt`: texts with a rule between them, each under a line that names whose it is. */
internal fun notices(asset: String): List<NoticeText> = asset.split("\n$RULE\n").mapNotNull { text ->
    val (of, said) = text.trim().split("\n\n", limit = 2).takeIf { it.size == 2 } ?: return@mapNotNull null
    NoticeText(of, said.split(Regex("\n\\s*\n")).map(::flowing).filter(String::isNotEmpty))
}

/** A paragraph without the line ends of somebody's editor; a line that ends early was meant to. */
private fun flowing(paragraph: String): String {
    val lines = paragraph.trim('\n').lines()
    return lines.foldIndexed("") { at, read, line ->
        val end = if (at == 0) "" else if (lines[at - 1].trimEnd().length < FILLED) "\n" else " "
        read + end + line.trim()
    }.trim()
}

private val RULE = "-".repeat(80)

/** From how many letters on a line was broken because it was full. */
private const val FILLED = 60
