//! One table in memory, and what may be asked of it.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::Fault;
use super::attribute::{Attribute, Item};
use super::condition::{Condition, Terms};
use super::partiql::Statement;
use super::update::Update;

/// The partition key of every idempotency table here.
const KEY: &str = "id";

#[derive(Default)]
pub(super) struct Table {
    items: FxHashMap<String, Item>,
    /// Texts are the same for every request of a peer, so that each is parsed once.
    conditions: FxHashMap<String, Rc<Condition>>,
    updates: FxHashMap<String, Rc<Update>>,
    statements: FxHashMap<String, Rc<Statement>>,
}

impl Table {
    pub(super) fn clear(&mut self) {
        self.items.clear();
    }

    pub(super) fn completed(&self) -> usize {
        let completed = Attribute::S("COMPLETED".to_owned());
        let all = self.items.values();
        all.filter(|item| item.get("status") == Some(&completed))
            .count()
    }

    pub(super) fn get(&self, key: &Item) -> Result<Option<&Item>, Fault> {
        Ok(self.items.get(id(key)?))
    }

    pub(super) fn put(
        &mut self,
        item: Item,
        condition: Option<&str>,
        terms: &Terms,
    ) -> Result<(), Fault> {
        let id = id(&item)?.to_owned();
        self.check(&id, condition, terms)?;
        self.items.insert(id, item);
        Ok(())
    }

    /// Returns what was set.
    pub(super) fn update(
        &mut self,
        key: Item,
        update: &str,
        condition: Option<&str>,
        terms: &Terms,
    ) -> Result<Item, Fault> {
        let id = id(&key)?.to_owned();
        self.check(&id, condition, terms)?;
        let update = cached(&mut self.updates, update, Update::parse)?;
        update.apply(self.items.entry(id).or_insert(key), terms)
    }

    pub(super) fn delete(
        &mut self,
        key: &Item,
        condition: Option<&str>,
        terms: &Terms,
    ) -> Result<(), Fault> {
        let id = id(key)?;
        self.check(id, condition, terms)?;
        self.items.remove(id);
        Ok(())
    }

    pub(super) fn execute(&mut self, text: &str, parameters: Vec<Attribute>) -> Result<(), Fault> {
        match &*cached(&mut self.statements, text, Statement::parse)? {
            Statement::Insert(names) => self.insert(Statement::item(names, parameters)),
            Statement::Update {
                set,
                remove,
                condition,
            } => self.change(set, remove, condition, parameters),
        }
    }

    fn insert(&mut self, item: Item) -> Result<(), Fault> {
        let id = id(&item)?;
        if self.items.contains_key(id) {
            return Err(Fault::DuplicateItem);
        }
        self.items.insert(id.to_owned(), item);
        Ok(())
    }

    fn change(
        &mut self,
        set: &[String],
        remove: &[String],
        condition: &[String],
        mut parameters: Vec<Attribute>,
    ) -> Result<(), Fault> {
        if parameters.len() != set.len() + condition.len() {
            return Err(Fault::validation("parameters do not fit".to_owned()));
        }
        let wanted = parameters.split_off(set.len());
        let key = condition.iter().position(|name| name == KEY);
        let id = key.and_then(|at| wanted[at].text());
        let id = id.ok_or_else(|| Fault::validation("no key".to_owned()))?;
        let Some(item) = self.items.get_mut(id) else {
            return Err(Fault::ConditionalCheckFailed(None));
        };
        let mut conditions = condition.iter().zip(&wanted);
        if !conditions.all(|(name, wanted)| item.get(name) == Some(wanted)) {
            return Err(Fault::ConditionalCheckFailed(Some(item.clone())));
        }
        for name in remove {
            item.remove(name);
        }
        item.extend(set.iter().cloned().zip(parameters));
        Ok(())
    }

    fn check(&mut self, id: &str, condition: Option<&str>, terms: &Terms) -> Result<(), Fault> {
        let Some(text) = condition else {
            return Ok(());
        };
        let condition = cached(&mut self.conditions, text, Condition::parse)?;
        let item = self.items.get(id);
        match condition.holds(item, terms)? {
            true => Ok(()),
            false => Err(Fault::ConditionalCheckFailed(item.cloned())),
        }
    }
}

fn id(item: &Item) -> Result<&str, Fault> {
    let id = item.get(KEY).and_then(Attribute::text);
    id.ok_or_else(|| Fault::validation(format!("no text `{KEY}`")))
}

fn cached<T>(
    cache: &mut FxHashMap<String, Rc<T>>,
    text: &str,
    parse: impl FnOnce(&str) -> Result<T, Fault>,
) -> Result<Rc<T>, Fault> {
    if let Some(parsed) = cache.get(text) {
        return Ok(parsed.clone());
    }
    let parsed = Rc::new(parse(text)?);
    cache.insert(text.to_owned(), parsed.clone());
    Ok(parsed)
}
