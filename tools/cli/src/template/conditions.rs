//! Conditions: `Fn::Equals`, `Fn::And`, `Fn::Or`, `Fn::Not`, and who depends on them.

use super::intrinsics::{items, plain_text, text};
use super::yaml::{Node, Value};
use super::{Fault, Resolver, Resource};

impl Resolver<'_> {
    /// Whether `resource` is part of the stack.
    pub(super) fn exists(&mut self, resource: &Resource) -> Result<bool, Fault> {
        match resource.condition() {
            Some(condition) => self.named(condition),
            None => Ok(true),
        }
    }

    /// The branch that `[condition, if true, if false]` comes to.
    pub(super) fn branch<'n>(&mut self, argument: &'n Node) -> Result<&'n Node, Fault> {
        let [condition, yes, no] = items(argument) else {
            let message = "Fn::If takes a condition's name and two values";
            return Err(Fault::new(argument.line, message));
        };
        Ok(if self.named(condition)? { yes } else { no })
    }

    fn named(&mut self, condition: &Node) -> Result<bool, Fault> {
        let line = condition.line;
        let name = text(condition, "the name of a condition")?;
        let declared = self.template.root.get("Conditions");
        let declared = declared.and_then(|section| section.get(name));
        let declared = declared
            .ok_or_else(|| Fault::new(line, format!("the template has no condition `{name}`")))?;
        self.deeper(line, |resolver| resolver.evaluate(declared))
    }

    fn evaluate(&mut self, node: &Node) -> Result<bool, Fault> {
        let [(function, argument)] = node.entries() else {
            let message = "expected Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition";
            return Err(Fault::new(node.line, message));
        };
        match function.as_str() {
            "Condition" => self.named(argument),
            "Fn::Equals" => self.in_any_place(argument.line, |it| it.equals(argument)),
            "Fn::Not" => match items(argument) {
                [one] => Ok(!self.evaluate(one)?),
                _ => Err(Fault::new(argument.line, "Fn::Not takes one condition")),
            },
            "Fn::And" | "Fn::Or" => {
                let conditions = items(argument);
                if !(2..=10).contains(&conditions.len()) {
                    let message = format!("{function} takes 2 to 10 conditions");
                    return Err(Fault::new(argument.line, message));
                }
                // All of them, so that a fault in the last is not found out on another day.
                let mut values = Vec::with_capacity(conditions.len());
                for condition in conditions {
                    values.push(self.evaluate(condition)?);
                }
                let all = function == "Fn::And";
                Ok(if all {
                    !values.contains(&false)
                } else {
                    values.contains(&true)
                })
            }
            other => Err(Fault::new(
                argument.line,
                format!(
                    "{other} is no condition; Fn::Equals, Fn::And, Fn::Or, Fn::Not and Condition are"
                ),
            )),
        }
    }

    fn equals(&mut self, argument: &Node) -> Result<bool, Fault> {
        let [left, right] = items(argument) else {
            return Err(Fault::new(argument.line, "Fn::Equals takes two values"));
        };
        let mut side = |node: &Node| -> Result<String, Fault> {
            if matches!(&node.value, Value::Sequence(_)) {
                return Err(Fault::new(
                    node.line,
                    "Fn::Equals compares texts, not lists",
                ));
            }
            Ok(plain_text(&self.resolve(node)?.unwrap_or_default()))
        };
        Ok(side(left)? == side(right)?)
    }
}
