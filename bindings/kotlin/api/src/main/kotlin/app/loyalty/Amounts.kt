package app.loyalty

/**
 * A sum of money in whole kopecks (hundredths of a rouble). There is no way from it to [Bonus] or back: they are
 * different things that happen to be counted alike.
 */
@JvmInline
public value class Money(public val kopecks: Long) : Comparable<Money> {
    override fun compareTo(other: Money): Int = kopecks.compareTo(other.kopecks)
}

/** A number of bonuses in whole hundredths of a bonus. May be negative. */
@JvmInline
public value class Bonus(public val hundredths: Long) : Comparable<Bonus> {
    override fun compareTo(other: Bonus): Int = hundredths.compareTo(other.hundredths)
}

/** A percentage in hundredths of a percent: `Percent(750)` is 7.5 %. */
@JvmInline
public value class Percent(public val basisPoints: Int) : Comparable<Percent> {
    override fun compareTo(other: Percent): Int = basisPoints.compareTo(other.basisPoints)
}

/**
 * Money with its words in the session's language.
 *
 * @property value the sum.
 * @property text the sum as a guest reads it: `1 234,50 ₽`.
 */
public data class MoneyAmount(val value: Money, val text: String)

/**
 * Bonuses with their words in the session's language, the venue's own unit included.
 *
 * @property value how many.
 * @property text number and unit: `1 234,50 бонуса`; with a sign where it is a movement: `+500 бонусов`.
 * @property number the number alone, without a plus: `1 234,50`.
 * @property unit the unit's word in the form that goes with [number]: `бонуса`.
 */
public data class BonusAmount(val value: Bonus, val text: String, val number: String, val unit: String)

/**
 * A percentage with its words in the session's language.
 *
 * @property value the percentage.
 * @property text as a guest reads it: `7,5 %`.
 */
public data class PercentAmount(val value: Percent, val text: String)
