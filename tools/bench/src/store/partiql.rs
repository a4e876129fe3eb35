//! PartiQL as idempotency records need it: `INSERT` of an item, `UPDATE` of one with conditions.

use super::Fault;
use super::attribute::{Attribute, Item};
use super::lexer::Tokens;

/// A statement; each name takes a parameter, in this order.
pub(super) enum Statement {
    Insert(Vec<String>),
    Update {
        set: Vec<String>,
        remove: Vec<String>,
        condition: Vec<String>,
    },
}

impl Statement {
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let mut tokens = Tokens::of(text)?;
        if tokens.take("INSERT") {
            tokens.expect("INTO")?;
            tokens.name()?;
            return insert(&mut tokens);
        }
        tokens.expect("UPDATE")?;
        tokens.name()?;
        update(&mut tokens)
    }

    /// Makes a new item of the parameters.
    pub(super) fn item(names: &[String], parameters: Vec<Attribute>) -> Item {
        names.iter().cloned().zip(parameters).collect()
    }
}

fn insert(tokens: &mut Tokens) -> Result<Statement, Fault> {
    tokens.expect("VALUE")?;
    tokens.expect("{")?;
    let mut names = Vec::new();
    loop {
        names.push(tokens.name()?);
        tokens.expect(":")?;
        tokens.expect("?")?;
        if !tokens.take(",") {
            break;
        }
    }
    tokens.expect("}")?;
    Ok(Statement::Insert(names))
}

fn update(tokens: &mut Tokens) -> Result<Statement, Fault> {
    let (mut set, mut remove) = (Vec::new(), Vec::new());
    loop {
        if tokens.take("SET") {
            set.push(parameter(tokens)?);
        } else if tokens.take("REMOVE") {
            remove.push(tokens.name()?);
        } else {
            break;
        }
    }
    tokens.expect("WHERE")?;
    let mut condition = vec![parameter(tokens)?];
    while tokens.take("AND") {
        condition.push(parameter(tokens)?);
    }
    Ok(Statement::Update {
        set,
        remove,
        condition,
    })
}

/// `name = ?`
fn parameter(tokens: &mut Tokens) -> Result<String, Fault> {
    let name = tokens.name()?;
    tokens.expect("=")?;
    tokens.expect("?")?;
    Ok(name)
}
