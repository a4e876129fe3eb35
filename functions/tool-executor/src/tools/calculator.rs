//! `calculator`: exact arithmetic, and conversions of units.

use std::time::Duration;

use fend_core::{Context, Interrupt, evaluate_with_interrupt};
use lambda_queue::Cancellation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::{Effect, Tool, ToolError, ToolFuture, ToolSpec};

/// The longest expression, in bytes.
const MAX_EXPRESSION: usize = 1000;
/// The most operators and words. The parser is recursive, and a stack that overflows takes the
/// whole process with it: everything that could make it recurse is counted.
const MAX_PARTS: usize = 100;
/// What may stand beside letters, digits and spaces. The crate knows more: functions of one's own
/// (`x => x x`) recurse without an end, and `1 << 9999999999` cannot be interrupted.
const SYMBOLS: &str = "+-*/^()%!.,_°√×÷−";
/// Room for that many nested parentheses, in a debug build too; only what is used takes memory.
const STACK: usize = 32 * 1024 * 1024;
const TIMEOUT: Duration = Duration::from_secs(2);

const DESCRIPTION: &str = "Evaluates an arithmetic expression exactly, with arbitrary precision: \
    + - * / ^ and parentheses, `mod`, percentages, sqrt, sin, log10, factorials, and units, as in \
    `3 miles + 500 m to km`. No currencies, dates or random numbers.";

/// Evaluates expressions.
pub struct Calculator {
    spec: ToolSpec,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The expression, for example `(2.5 + 1) * 4^2`.
    #[schemars(length(min = 1, max = MAX_EXPRESSION))]
    expression: String,
}

impl Calculator {
    /// The tool.
    pub fn new() -> Self {
        let spec = ToolSpec::of::<Arguments>("calculator", DESCRIPTION, Effect::ReadOnly, TIMEOUT);
        Self { spec }
    }
}

impl Default for Calculator {
    fn default() -> Self {
        Self::new()
    }
}

impl Tool for Calculator {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn call(&self, arguments: Value) -> ToolFuture<'_> {
        Box::pin(async move {
            let Arguments { expression } = serde_json::from_value(arguments)
                .map_err(|error| ToolError::Failed(error.to_string()))?;
            check(&expression)?;
            // At the timeout, or at the deadline.
            let (_cancels, cancellation) = Cancellation::on_drop();
            let stopped = Stopped(cancellation);
            let (send, evaluated) = oneshot::channel();
            // 9^9^9^9 takes longer than the universe has: not on the thread that serves others.
            std::thread::Builder::new()
                .stack_size(STACK)
                .spawn(move || send.send(evaluate(&expression, &stopped)))
                .map_err(ToolError::unavailable)?;
            match evaluated.await {
                Ok(Ok(result)) => Ok(result),
                Ok(Err(why)) => Err(ToolError::Failed(format!("cannot evaluate this: {why}"))),
                // The thread panicked; whatever made it would do so again.
                Err(_) => Err(ToolError::Failed(
                    "cannot evaluate this expression".to_owned(),
                )),
            }
        })
    }
}

/// Without exchange rates, a clock or random numbers: nothing but arithmetic.
fn evaluate(expression: &str, stopped: &Stopped) -> Result<String, String> {
    let result = evaluate_with_interrupt(expression, &mut Context::new(), stopped)?;
    Ok(result.get_main_result().to_owned())
}

/// Ends the evaluation when nobody waits for it any more.
struct Stopped(Cancellation);

impl Interrupt for Stopped {
    fn should_interrupt(&self) -> bool {
        self.0.is_requested()
    }
}

fn check(expression: &str) -> Result<(), ToolError> {
    if expression.len() > MAX_EXPRESSION {
        return Err(ToolError::Failed(format!(
            "the expression has {} bytes, at most {MAX_EXPRESSION} are taken",
            expression.len()
        )));
    }
    let known = |c: char| c.is_alphanumeric() || c.is_whitespace() || SYMBOLS.contains(c);
    if let Some(unknown) = expression.chars().find(|&c| !known(c)) {
        return Err(ToolError::Failed(format!(
            "the calculator does not know the character {unknown:?}"
        )));
    }
    let parts = parts(expression);
    if parts > MAX_PARTS {
        return Err(ToolError::Failed(format!(
            "the expression has {parts} operators and words, at most {MAX_PARTS} are taken: split it up"
        )));
    }
    Ok(())
}

/// How many operators and words there are; `12` is one, `3a` is two.
fn parts(expression: &str) -> usize {
    let kind = |c: char| match c {
        _ if c.is_whitespace() => 0,
        '0'..='9' | '.' | ',' | '_' => 1,
        _ if c.is_alphanumeric() => 2,
        _ => 3,
    };
    let starts = |(n, before): (usize, u8), now: u8| {
        let starts = now == 3 || (now != 0 && now != before);
        (n + usize::from(starts), now)
    };
    expression.chars().map(kind).fold((0, 0), starts).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use tokio::time::{Instant, timeout};

    async fn calculate(expression: &str) -> Result<String, String> {
        let calculator = Calculator::new();
        let call = calculator.call(json!({"expression": expression}));
        match timeout(Duration::from_millis(300), call).await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(ToolError::Failed(why))) => Err(why),
            Ok(Err(error)) => Err(format!("{error:?}")),
            Err(_) => Err("timeout".to_owned()),
        }
    }

    #[tokio::test]
    async fn arithmetic_is_exact() {
        let expected = [
            ("(2.5 + 1) * 4^2", "56"),
            ("0.1 + 0.2", "0.3"),
            ("2^100", "1267650600228229401496703205376"),
            ("19% of 250", "47.5"),
            ("3 miles to km", "4.828032 km"),
            ("10 mod 4", "2"),
        ];
        for (expression, result) in expected {
            assert_eq!(calculate(expression).await, Ok(result.to_owned()));
        }
    }

    #[tokio::test]
    async fn what_cannot_be_evaluated_is_explained() {
        for expression in [
            "1 / 0",
            "2 +",
            "five apples",
            "10 USD to EUR",
            "roll d6",
            "today",
        ] {
            let why = calculate(expression).await.unwrap_err();
            assert!(
                why.starts_with("cannot evaluate this: "),
                "{expression}: {why}"
            );
        }
    }

    #[tokio::test]
    async fn hostile_expressions_end_in_time() {
        let start = Instant::now();
        let hostile = [
            "9^9^9^9",
            "9^9^9",
            "10^1000000000",
            "100000!",
            "1000000 nCr 500000",
            "0xffffffffffffffff^99999999",
            "2^(2^(2^(2^10)))",
            "1 << 9999999999",
            "5!!!!!!!",
            "\\x. x x",
            "(\\x. x x) (\\x. x x)",
            "sqrt(2^99999999)",
            "1/7^99999",
        ];
        for expression in hostile {
            let outcome = calculate(expression).await;
            assert!(outcome.as_ref().is_ok_and(|text| text.len() < 1_000_000) || outcome.is_err());
        }
        assert!(start.elapsed() < Duration::from_millis(300 * 20));
    }

    #[tokio::test]
    async fn nesting_cannot_overflow_the_stack() {
        for part in [
            "(", "[", "{", "-", "!", "1^", "\\x.", "not ", "sqrt ", "a:", "1;", "x=", "a ", "to ",
            "1+", "\"", "#", "'", "sin(", "per ",
        ] {
            for length in [MAX_PARTS, 2 * MAX_PARTS, MAX_EXPRESSION, 1_000_000] {
                let repeated = part.repeat(length / part.len());
                let _ = calculate(&repeated).await;
                let _ = calculate(&format!("{repeated}1")).await;
            }
        }
    }
}
