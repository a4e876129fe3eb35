use lambda_queue::Policy;

/// What the workers do: one way to use the protocol, possibly with a rule of it taken away.
#[derive(Clone, Copy, Debug)]
pub struct Protocol {
    /// What becomes of orphaned claims and indeterminate failures.
    pub policy: Policy,
    /// Whether a hook finds out what became of a run that the policy does not repeat.
    pub reconciles: bool,
    /// How handlers have their effects.
    pub effects: Effects,
    /// The rule that is taken away.
    pub without: Option<Safeguard>,
}

/// How a handler has its effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effects {
    /// By itself, before its result is recorded.
    Direct,
    /// In the transaction that records its result.
    Transactional,
}

/// A rule of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safeguard {
    /// Only the claim's owner completes it.
    FencedCompletion,
    /// Only the claim's owner releases it.
    FencedRelease,
    /// Leases are longer than the invocation, and honoured for longer than they last.
    Margin,
    /// A claim that is sent again recognises what it wrote itself.
    SelfRecognition,
    /// A message whose key is held is hidden until it may be free.
    Deferral,
    /// A failed message stops the rest of its group.
    StoppedGroup,
    /// A message whose key another holds is not acknowledged.
    HeldIsNotDone,
}

impl Protocol {
    /// As it is by default.
    pub const RERUN: Self = Self {
        policy: Policy::Rerun,
        reconciles: false,
        effects: Effects::Direct,
        without: None,
    };
    /// Orphaned claims go to a person.
    pub const QUARANTINE: Self = Self {
        policy: Policy::Quarantine,
        ..Self::RERUN
    };
    /// Orphaned claims are asked about.
    pub const RECONCILED: Self = Self {
        reconciles: true,
        ..Self::QUARANTINE
    };
    /// Effects are written together with their results.
    pub const TRANSACTIONAL: Self = Self {
        effects: Effects::Transactional,
        ..Self::RERUN
    };

    /// The same with this rule taken away.
    #[must_use]
    pub fn without(self, safeguard: Safeguard) -> Self {
        let without = Some(safeguard);
        Self { without, ..self }
    }

    pub(crate) fn has(&self, safeguard: Safeguard) -> bool {
        self.without != Some(safeguard)
    }
}
