//! `global-table-store`

use super::{Finding, Function, Judgement, Model, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "global-table-store",
    severity: Severity::Warning,
    title: "idempotency records in a global table",
    why: "With eventual consistency, conditions are decided in each Region by itself: two Regions \
          can claim the same message. With strong consistency a global table has neither \
          transactions nor a time to live.",
    source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html",
    bad: include_str!("../examples/global-table-store.bad.yaml"),
    good: include_str!("../examples/global-table-store.good.yaml"),
    judge: |model| model.fed().flat_map(|it| judge(model, it)).collect(),
};

fn judge(model: &Model, function: &Function) -> Vec<Judgement> {
    let variables = function.environment.iter();
    let stores = variables.filter(|(name, _)| name.contains("IDEMPOTEN"));
    let tables = stores.filter_map(|(_, value)| model.table(value.known().ok()??));
    let judged = tables.map(|table| {
        let regions = table.regions.or(1)?;
        if regions < 2 {
            return Ok(None);
        }
        let id = &table.logical_id;
        let message = format!(
            "{id}, the idempotency table of {}, is written in {regions} Regions",
            function.logical_id
        );
        let mut finding = Finding::new(id, table.line, message)
            .fix("keep idempotency records in a table of one Region, that of the queue");
        finding.also_of = vec![function.logical_id.clone()];
        finding.found()
    });
    judged.collect()
}
