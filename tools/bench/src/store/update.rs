//! Update expressions: `SET`, `REMOVE` and `ADD` of whole attributes.

use super::Fault;
use super::attribute::Item;
use super::condition::Terms;
use super::lexer::Tokens;

#[derive(Default)]
pub(super) struct Update {
    set: Vec<(String, String)>,
    remove: Vec<String>,
    add: Vec<(String, String)>,
}

impl Update {
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let mut tokens = Tokens::of(text)?;
        let mut update = Self::default();
        while !tokens.is_done() {
            if tokens.take("SET") {
                pairs(&mut tokens, Some("="), &mut update.set)?;
            } else if tokens.take("ADD") {
                pairs(&mut tokens, None, &mut update.add)?;
            } else {
                tokens.expect("REMOVE")?;
                update.remove.push(tokens.name()?);
                while tokens.take(",") {
                    update.remove.push(tokens.name()?);
                }
            }
        }
        Ok(update)
    }

    /// Makes the update, and returns what was set.
    pub(super) fn apply(&self, item: &mut Item, terms: &Terms) -> Result<Item, Fault> {
        let mut new = Item::default();
        for (name, value) in &self.set {
            new.insert(terms.name(name).to_owned(), terms.value(value)?.clone());
        }
        for (name, value) in &self.add {
            let (name, value) = (terms.name(name), terms.value(value)?);
            let sum = match item.get(name) {
                None => Some(value.clone()),
                Some(old) => old.plus(value),
            };
            let sum = sum.ok_or_else(|| Fault::validation("ADD to no number".to_owned()))?;
            new.insert(name.to_owned(), sum);
        }
        for name in &self.remove {
            item.remove(terms.name(name));
        }
        item.extend(new.clone());
        Ok(new)
    }
}

fn pairs(
    tokens: &mut Tokens,
    between: Option<&str>,
    pairs: &mut Vec<(String, String)>,
) -> Result<(), Fault> {
    loop {
        let name = tokens.name()?;
        if let Some(between) = between {
            tokens.expect(between)?;
        }
        pairs.push((name, tokens.name()?));
        if !tokens.take(",") {
            return Ok(());
        }
    }
}
