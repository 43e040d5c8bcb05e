//! The lines of a receipt, invented when it is read: the same for a seed and a receipt, and exact to the kopeck.

use crate::random::Random;

/// One line of a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dish {
    pub(crate) name: String,
    /// Thousandths of a portion or kilogram.
    pub(crate) thousandths: i64,
    /// Kopecks for one.
    pub(crate) price: i64,
    /// Kopecks for the line.
    pub(crate) sum: i64,
}

/// Name, weight in the sharing-out of a total, and whether it is sold by weight.
/// Their number is prime, so that any stride visits all of them.
const MENU: [(&str, i64, bool); 31] = [
    ("Борщ с говядиной", 420, false),
    ("Солянка мясная", 450, false),
    ("Уха по-царски", 520, false),
    ("Окрошка на квасе", 380, false),
    ("Пельмени сибирские", 490, false),
    ("Вареники с вишней", 390, false),
    ("Бефстроганов с пюре", 720, false),
    ("Котлета по-киевски", 650, false),
    ("Шашлык из свиной шеи", 890, true),
    ("Люля-кебаб", 690, false),
    ("Судак на пару", 830, false),
    ("Стейк рибай", 2400, true),
    ("Лосось на гриле", 1350, true),
    ("Цыплёнок табака", 780, false),
    ("Плов с бараниной", 560, false),
    ("Оливье", 360, false),
    ("Сельдь под шубой", 370, false),
    ("Цезарь с курицей", 540, false),
    ("Винегрет", 290, false),
    ("Сырники со сметаной", 380, false),
    ("Блины с икрой", 690, false),
    ("Хачапури по-аджарски", 590, false),
    ("Драники", 350, false),
    ("Картофель с грибами", 340, false),
    ("Медовик", 330, false),
    ("Наполеон", 340, false),
    ("Морс клюквенный", 190, false),
    ("Квас домашний", 170, false),
    ("Чай с чабрецом", 250, false),
    ("Капучино", 260, false),
    ("Хлебная корзина", 180, false),
];

const MOST_LINES: u32 = 8;

/// Lines for `portions` (at least 1) that add up to `total` kopecks.
pub(crate) fn invent(seed: u64, receipt_id: i64, total: i64, portions: u32) -> Vec<Dish> {
    let mut random = Random::of(&[seed, 0xd15e, receipt_id.unsigned_abs()]);
    let lines = if portions < 2 { 1 } else { 2 + random.below(portions.min(MOST_LINES) - 1) };
    let mut order = Order::new(&mut random, portions, lines);
    let mut left = total;
    let mut dishes = Vec::new();
    // The last line is one portion and takes what is left; every other is exact by its own divisor.
    for line in (1..lines).rev() {
        let (name, weight, by_weight) = order.dish();
        let quantity = order.quantity(&mut random, line);
        let share = share(left, weight * i64::from(quantity), order.rest_weight(line));
        let dish = if by_weight && quantity == 1 {
            weighed(name, share)
        } else {
            counted(name, i64::from(quantity), share)
        };
        left -= dish.sum;
        dishes.push(dish);
    }
    let (name, ..) = order.dish();
    dishes.push(Dish { name: name.to_owned(), thousandths: 1_000, price: left, sum: left });
    dishes
}

/// Walks the menu from a random dish in random steps and hands out the portions.
struct Order {
    at: usize,
    stride: usize,
    spare: u32,
}

impl Order {
    fn new(random: &mut Random, portions: u32, lines: u32) -> Self {
        let at = usize::try_from(random.below(31)).unwrap_or(0);
        let stride = usize::try_from(1 + random.below(30)).unwrap_or(1);
        Self { at, stride, spare: portions.saturating_sub(lines) }
    }

    fn dish(&mut self) -> (&'static str, i64, bool) {
        self.at = (self.at + self.stride) % MENU.len();
        MENU.get(self.at).copied().unwrap_or(("Блюдо дня", 400, false))
    }

    /// One portion and some of the spare ones; all of them on the last of the lines that may have several.
    fn quantity(&mut self, random: &mut Random, lines_left: u32) -> u32 {
        let more = if lines_left == 1 { self.spare } else { random.below(self.spare.min(4) + 1) };
        self.spare -= more;
        1 + more
    }

    /// What the lines still to come weigh, about.
    fn rest_weight(&self, lines_left: u32) -> i64 {
        i64::from(lines_left + self.spare) * 450
    }
}

/// The part of `left` that `own` weighs against `rest`.
fn share(left: i64, own: i64, rest: i64) -> i64 {
    let part = i128::from(left) * i128::from(own) / i128::from((own + rest).max(1));
    i64::try_from(part).unwrap_or(0)
}

/// A whole number of portions, at a price in whole roubles where the share allows it.
fn counted(name: &str, quantity: i64, share: i64) -> Dish {
    let price = share / quantity;
    let price = if price >= 100 { price - price % 100 } else { price };
    Dish { name: name.to_owned(), thousandths: quantity * 1_000, price, sum: price * quantity }
}

/// 350 grams: 7/20 of a price, so the sum is a multiple of 7 and the price of 20.
fn weighed(name: &str, share: i64) -> Dish {
    let sum = share - share % 7;
    Dish { name: name.to_owned(), thousandths: 350, price: sum / 7 * 20, sum }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn lines_add_up_to_the_total_and_each_to_its_own(
            seed: u64, id in 1..1_000_000i64, total in 0..10_000_000_000i64, portions in 1..100u32
        ) {
            let dishes = invent(seed, id, total, portions);
            prop_assert_eq!(dishes.iter().map(|dish| dish.sum).sum::<i64>(), total);
            for dish in &dishes {
                prop_assert!(dish.sum >= 0);
                prop_assert_eq!(dish.price * dish.thousandths, dish.sum * 1_000);
            }
            let counted: i64 = dishes.iter().map(|dish| (dish.thousandths / 1_000).max(1)).sum();
            prop_assert_eq!(counted, i64::from(portions));
            prop_assert_eq!(&dishes, &invent(seed, id, total, portions));
        }
    }
}
