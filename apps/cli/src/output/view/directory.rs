//! What a restaurant sets up, for its integrators: tables in English.

use loyalty_core::domain::{AccountGroup, Discount, IdentifierType, LadderStep, ReportInfo};

use super::{View, shorten};
use crate::output::grid::{Cell, Grid};
use crate::output::paint::{Tone, clean};

impl View {
    /// Account groups.
    pub(crate) fn groups(&self, groups: &[AccountGroup]) -> String {
        let mut grid = Grid::with_heading(&["ID", "NAME", "TEMPLATE", "WELCOME", "LIFETIME"]);
        for group in groups {
            let (mark, tone) = if group.has_template { ("yes", Tone::Gain) } else { ("no", Tone::Faint) };
            let template = group.template.unwrap_or_default();
            grid.row([
                Cell::right(group.id.0.to_string()),
                Cell::left(clean(&group.name)),
                Cell::left(mark).tone(tone),
                Cell::right(
                    template.welcome_bonus.map(|sum| self.wording.bonus_number(sum)).unwrap_or_default(),
                ),
                Cell::right(template.bonus_lifetime_days.map(|days| format!("{days} d")).unwrap_or_default()),
            ]);
        }
        grid.render()
    }

    /// Types of identifiers.
    pub(crate) fn identifier_types(&self, types: &[IdentifierType]) -> String {
        let mut grid = Grid::with_heading(&["ID", "NAME", "MASK"]);
        for one in types {
            grid.row([
                Cell::right(one.id.0.to_string()),
                Cell::left(clean(&one.name)),
                Cell::left(clean(one.mask.as_deref().unwrap_or_default())),
            ]);
        }
        grid.render()
    }

    /// Discounts and ladders.
    pub(crate) fn discounts(&self, discounts: &[Discount]) -> String {
        let mut grid = Grid::with_heading(&["ID", "NAME", "KIND", "RATE", "STEPS"]);
        for one in discounts {
            grid.row([
                Cell::right(one.id.0.to_string()),
                Cell::left(clean(&one.name)),
                Cell::left(clean(one.kind.as_deref().unwrap_or_default())).tone(Tone::Faint),
                Cell::right(one.percent.map(|percent| self.wording.percent(percent)).unwrap_or_default()),
                Cell::left(one.ladder.as_deref().map(|steps| self.steps(steps)).unwrap_or_default()),
            ]);
        }
        grid.render()
    }

    /// A ladder: from which turnover which discount.
    pub(crate) fn steps(&self, steps: &[LadderStep]) -> String {
        let step = |step: &LadderStep| {
            format!("{} → {}", self.wording.money(step.from_turnover), step.discount_id.0)
        };
        steps.iter().map(step).collect::<Vec<_>>().join(", ")
    }

    /// Reports that can be had.
    pub(crate) fn reports(&self, reports: &[ReportInfo]) -> String {
        let mut grid = Grid::with_heading(&["ID", "NAME", "ABOUT"]);
        for report in reports {
            grid.row([
                Cell::left(clean(&report.id.0)),
                Cell::left(clean(&report.name)),
                Cell::left(shorten(&clean(report.description.as_deref().unwrap_or_default()), 60))
                    .tone(Tone::Faint),
            ]);
        }
        grid.render()
    }
}
