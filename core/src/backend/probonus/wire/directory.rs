//! What a restaurant sets up: groups, identifier types, discounts and ladders.

use serde::Deserialize;

use super::list::Many;
use super::scalar::{Flag, Scalar, Text};
use super::{Mismatch, Record, Terms, each, maybe, need};
use crate::domain::{
    AccountGroup, Discount, DiscountId, GroupId, GroupTemplate, IdentifierType, IdentifierTypeId, Ladder,
    LadderStep,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub struct WireGroup<'a> {
    id: Option<Scalar<'a>>,
    name: Option<Text<'a>>,
    have_template: Option<Flag>,
    template: Option<WireTemplate<'a>>,
}

impl Record for AccountGroup {
    const NAME: &'static str = "group";
    type Wire<'a> = WireGroup<'a>;

    fn from_wire(wire: WireGroup<'_>, terms: &Terms) -> Result<Self, Mismatch> {
        let template = wire.template.map(|template| GroupTemplate::from_wire(template, terms)).transpose();
        Ok(Self {
            id: GroupId(need("id", wire.id, |id| id.whole())?),
            name: need("name", wire.name, |name| Ok(name.0.into_owned()))?,
            has_template: need("haveTemplate", wire.have_template, |flag| Ok(flag.0))?,
            template: template.map_err(|error: Mismatch| error.inside("template"))?,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub struct WireTemplate<'a> {
    level_id: Option<Scalar<'a>>,
    welcome_bonus: Option<Scalar<'a>>,
    bonus_lifetime_days: Option<Scalar<'a>>,
}

impl Record for GroupTemplate {
    const NAME: &'static str = "groupTemplate";
    type Wire<'a> = WireTemplate<'a>;

    fn from_wire(wire: WireTemplate<'_>, terms: &Terms) -> Result<Self, Mismatch> {
        Ok(Self {
            level_id: maybe("levelId", wire.level_id, |id| id.whole())?,
            welcome_bonus: maybe("welcomeBonus", wire.welcome_bonus, |sum| sum.bonus(terms.unit))?,
            bonus_lifetime_days: maybe("bonusLifetimeDays", wire.bonus_lifetime_days, |days| days.count())?,
        })
    }
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct WireIdentifierType<'a> {
    id: Option<Scalar<'a>>,
    name: Option<Text<'a>>,
    mask: Option<Text<'a>>,
}

impl Record for IdentifierType {
    const NAME: &'static str = "identifierType";
    type Wire<'a> = WireIdentifierType<'a>;

    fn from_wire(wire: WireIdentifierType<'_>, _: &Terms) -> Result<Self, Mismatch> {
        Ok(Self {
            id: IdentifierTypeId(need("id", wire.id, |id| id.whole())?),
            name: need("name", wire.name, |name| Ok(name.0.into_owned()))?,
            mask: wire.mask.and_then(Text::filled),
        })
    }
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct WireDiscount<'a> {
    id: Option<Scalar<'a>>,
    name: Option<Text<'a>>,
    kind: Option<Scalar<'a>>,
    percent: Option<Scalar<'a>>,
    steps: Option<Many<WireStep<'a>>>,
}

impl Record for Discount {
    const NAME: &'static str = "discount";
    type Wire<'a> = WireDiscount<'a>;

    fn from_wire(wire: WireDiscount<'_>, terms: &Terms) -> Result<Self, Mismatch> {
        let steps = wire.steps.map(|steps| each("steps", Some(steps), terms)).transpose()?;
        Ok(Self {
            id: DiscountId(need("id", wire.id, |id| id.whole())?),
            name: need("name", wire.name, |name| Ok(name.0.into_owned()))?,
            kind: wire.kind.map(Scalar::into_text).filter(|kind| !kind.is_empty()),
            percent: maybe("percent", wire.percent, |percent| percent.percent())?,
            // Servers that write every field send an empty list for what is no ladder.
            ladder: steps.filter(|steps: &Vec<LadderStep>| !steps.is_empty()),
        })
    }
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct WireLadder<'a> {
    id: Option<Scalar<'a>>,
    name: Option<Text<'a>>,
    steps: Option<Many<WireStep<'a>>>,
}

impl Record for Ladder {
    const NAME: &'static str = "ladder";
    type Wire<'a> = WireLadder<'a>;

    fn from_wire(wire: WireLadder<'_>, terms: &Terms) -> Result<Self, Mismatch> {
        let steps = need("steps", wire.steps, Ok)?;
        Ok(Self {
            id: DiscountId(need("id", wire.id, |id| id.whole())?),
            name: need("name", wire.name, |name| Ok(name.0.into_owned()))?,
            steps: each("steps", Some(steps), terms)?,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub struct WireStep<'a> {
    from_turnover: Option<Scalar<'a>>,
    discount_id: Option<Scalar<'a>>,
}

impl Record for LadderStep {
    const NAME: &'static str = "ladderStep";
    type Wire<'a> = WireStep<'a>;

    fn from_wire(wire: WireStep<'_>, terms: &Terms) -> Result<Self, Mismatch> {
        Ok(Self {
            from_turnover: need("fromTurnover", wire.from_turnover, |sum| sum.money(terms.unit))?,
            discount_id: DiscountId(need("discountId", wire.discount_id, |id| id.whole())?),
        })
    }
}
