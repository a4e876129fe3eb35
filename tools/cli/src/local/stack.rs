//! A template brought up on this machine.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::build::build;
use super::calls::Calls;
use super::chaos::Chaos;
use super::endpoint::{Address, Endpoint};
use super::environment::{Environment, Fed, Given};
use super::function::FunctionProcess;
use super::functions::Functions;
use super::log::LogLevel;
use super::mapping::{MappingControl, Mappings};
use super::queues::{Deliver, Queues};
use super::voice::Voice;
use crate::error::Error;
use crate::template::{Function, Template};

/// A template with an address and its queues; nothing answers there yet.
///
/// Functions are told the address, and the endpoint invokes functions: this is what there is
/// before both.
pub(crate) struct Foundation {
    address: Address,
    template: Template,
    queues: Arc<Queues>,
    chaos: Arc<Chaos>,
    calls: Option<Arc<Calls>>,
}

impl Foundation {
    /// Takes `port` and makes the queues of `template`, as they were left in `data`, if given.
    ///
    /// # Errors
    /// The port is taken, a queue is refused, or what was kept cannot be read.
    pub(crate) async fn lay(
        template: Template,
        port: u16,
        data: Option<&Path>,
    ) -> Result<Self, Error> {
        let address = Address::take(port).await?;
        let template = template.at(address.url());
        let queues = Arc::new(Queues::of(&template, address.url(), data)?);
        Ok(Self {
            address,
            template,
            queues,
            chaos: Arc::default(),
            calls: None,
        })
    }

    /// From now on, services fail as `chaos` says.
    pub(crate) fn shaken(mut self, chaos: Chaos) -> Self {
        // It cannot fail but with the folder of queues, which then says so at every request.
        drop(self.queues.run(&Deliver(chaos.delivery())));
        self.chaos = Arc::new(chaos);
        self
    }

    /// From now on, what functions call is noted.
    pub(crate) fn noting_calls(mut self) -> Self {
        self.calls = Some(Arc::default());
        self
    }

    pub(crate) fn chaos(&self) -> &Arc<Chaos> {
        &self.chaos
    }

    pub(crate) fn template(&self) -> &Template {
        &self.template
    }

    pub(crate) fn url(&self) -> &str {
        self.address.url()
    }

    pub(crate) fn queues(&self) -> &Arc<Queues> {
        &self.queues
    }

    /// Begins to answer; what is stored is kept in `data`, or nowhere.
    ///
    /// # Errors
    /// A table or bucket is refused, or cannot be stored.
    pub(crate) async fn serve(
        self,
        data: Option<&Path>,
        functions: Functions,
        mappings: MappingControl,
    ) -> Result<Stack, Error> {
        let url = self.address.url().to_owned();
        let functions = Arc::new(functions);
        let running = Running {
            queues: Arc::clone(&self.queues),
            functions: Arc::clone(&functions),
            mappings,
            chaos: Arc::clone(&self.chaos),
            calls: self.calls.clone(),
        };
        let endpoint = self.address.serve(&self.template, running, data).await?;
        Ok(Stack {
            template: self.template,
            url,
            queues: self.queues,
            functions,
            chaos: self.chaos,
            calls: self.calls,
            _endpoint: endpoint,
        })
    }
}

/// What runs here, as the endpoint sees it.
#[derive(Clone)]
pub(crate) struct Running {
    pub(crate) queues: Arc<Queues>,
    pub(crate) functions: Arc<Functions>,
    pub(crate) mappings: MappingControl,
    pub(crate) chaos: Arc<Chaos>,
    /// None unless they are asked for.
    pub(crate) calls: Option<Arc<Calls>>,
}

/// What the template describes, served, and its functions, ready to be started.
pub(crate) struct Stack {
    template: Template,
    url: String,
    queues: Arc<Queues>,
    functions: Arc<Functions>,
    chaos: Arc<Chaos>,
    calls: Option<Arc<Calls>>,
    _endpoint: Endpoint,
}

impl Stack {
    /// Makes the template's resources behind an endpoint at `port`, but runs no functions; what is
    /// stored is kept in `data`, or nowhere.
    ///
    /// # Errors
    /// The port is taken, or the template is at fault.
    pub(crate) async fn up(
        template: Template,
        port: u16,
        data: Option<&Path>,
    ) -> Result<Self, Error> {
        let foundation = Foundation::lay(template, port, data).await?;
        let mappings = Mappings::new(foundation.queues()).control();
        foundation.serve(data, Functions::default(), mappings).await
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn template(&self) -> &Template {
        &self.template
    }

    pub(crate) fn queues(&self) -> &Arc<Queues> {
        &self.queues
    }

    pub(crate) fn chaos(&self) -> &Chaos {
        &self.chaos
    }

    /// What functions have called; none if nobody asked.
    pub(crate) fn calls(&self) -> Option<&Calls> {
        self.calls.as_deref()
    }

    pub(crate) fn functions(&self) -> &Arc<Functions> {
        &self.functions
    }

    /// What `function` will see of event files, beside what is `given` to it.
    pub(crate) fn environment(&self, function: &Function, given: &[Given]) -> Environment {
        Environment::new(&self.template, function, &self.url, Fed::ByFile, given)
    }

    /// Starts `function` from its binary, for event files.
    pub(crate) async fn start(
        &self,
        function: &Function,
        program: &Path,
        environment: &Environment,
        logs: LogLevel,
    ) -> Result<FunctionProcess, Error> {
        let (version, voice) = (function.as_fed().version, Voice::default());
        FunctionProcess::start(program, function, &version, environment, logs, voice)
            .await
            .map_err(|source| Error::Function {
                function: function.logical_id.clone(),
                source,
            })
    }
}

/// Finds the function called `name`: a logical id, or the binary's name.
pub(crate) fn find(template: &Template, name: &str) -> Result<Function, Error> {
    let functions = template.functions()?;
    if let Some(function) = functions.iter().find(|it| it.is_called(name)) {
        return Ok(function.clone());
    }
    let known = functions.iter().map(|function| match &function.binary {
        Some(binary) => format!("{binary} ({})", function.logical_id),
        None => function.logical_id.clone(),
    });
    let known: Vec<_> = known.collect();
    Err(Error::UnknownFunction {
        name: name.to_owned(),
        template: template.file().to_owned(),
        known: match known.as_slice() {
            [] => "none at all".to_owned(),
            known => known.join(", "),
        },
    })
}

/// Builds the binaries of `functions`, together where they share a folder.
pub(crate) async fn programs(
    template: &Template,
    functions: &[&Function],
    release: bool,
) -> Result<HashMap<String, PathBuf>, Error> {
    let mut folders: Vec<(&Path, Vec<&str>)> = Vec::new();
    for function in functions {
        let Some(binary) = &function.binary else {
            return Err(Error::NoBinary {
                template: template.file().to_owned(),
                function: function.logical_id.clone(),
            });
        };
        match folders.iter_mut().find(|(it, _)| *it == function.code) {
            Some((_, binaries)) => binaries.push(binary),
            None => folders.push((&function.code, vec![binary])),
        }
    }
    let mut programs = HashMap::new();
    for (folder, binaries) in folders {
        let built = build(folder, &binaries, release).await?;
        for function in functions.iter().filter(|it| it.code == folder) {
            let program = function.binary.as_ref().and_then(|it| built.get(it));
            programs.extend(program.map(|it| (function.logical_id.clone(), it.clone())));
        }
    }
    Ok(programs)
}
