package app.loyalty.presenters

import java.net.URI
import java.net.URISyntaxException

/** A page of the app that a link or a shortcut leads to: `loyalty://card`. */
enum class DeepLink {
    CARD,
    HISTORY,
    ;

    /** The link to this page. */
    val url: String get() = "loyalty://" + name.lowercase()

    companion object {
        /** `null` for a link that is none of ours. */
        fun of(link: String): DeepLink? {
            val url = try {
                URI(link)
            } catch (_: URISyntaxException) {
                return null
            }
            val bare = url.path.isNullOrEmpty() && url.query == null && url.fragment == null
            val page = url.authority?.lowercase()
            return entries.firstOrNull { bare && url.scheme?.lowercase() == "loyalty" && page == it.name.lowercase() }
        }
    }
}
